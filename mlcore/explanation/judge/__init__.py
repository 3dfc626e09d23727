"""Which saliency maps to believe: each is graded beside random maps, under noise and against random weights.

    grade = judge(classifier, explanation)            # of one map
    grade.verdict, grade.sentence, grade.to_json()
    report(classifier, pictures, methods)     # which methods to trust with this model, over many pictures

One idea per file: what is exchanged and asked (`curves`), what a map is compared with (`random_maps`), the checks
(`faithfulness`, `fidelity`, `stability`, `randomisation`), and the rule that puts them into words (`verdict`).
"""

from mlcore.explanation.judge.benchmark import Asked, BenchmarkSettings, maps_in_all, report
from mlcore.explanation.judge.examination import JudgeSettings
from mlcore.explanation.judge.grade import Grade
from mlcore.explanation.judge.grading import CHECKS, judge
from mlcore.explanation.judge.store import load
from mlcore.explanation.judge.summary import Report, Row

__all__ = ["CHECKS", "Asked", "BenchmarkSettings", "Grade", "JudgeSettings", "Report", "Row", "judge", "load"]
__all__ += ["maps_in_all", "report"]
