"""What cleanvision 0.3.7 says of a folder and cleanlab 2.9.0 of features; run by `planted_faults` in their environment.

As their documents show: `Imagelab(data_path).find_issues()`, and `find_label_issues` with probabilities out of fold,
those of a logistic regression of its own and those of ours.
"""

import json
import sys
import time

import numpy as np
from cleanlab.filter import find_label_issues
from cleanvision import Imagelab
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict


def main(folder: str, file: str) -> None:
    """Print one line of JSON."""
    started = time.process_time()
    lab = Imagelab(data_path=folder)
    lab.find_issues(n_jobs=1, verbose=False)
    vision = time.process_time() - started
    given = np.load(file)
    labels, scaled = given["labels"], given["features"] / given["features"].std()
    started = time.process_time()
    own = cross_val_predict(LogisticRegression(max_iter=300), scaled, labels, cv=5, method="predict_proba")
    issues = {
        "cleanlab_own": find_label_issues(labels, own, return_indices_ranked_by="self_confidence", n_jobs=1),
        "cleanlab_on_ours": find_label_issues(
            labels, given["probabilities"], return_indices_ranked_by="self_confidence", n_jobs=1
        ),
    }
    told = {name: places.tolist() for name, places in issues.items()}
    told["cleanvision_counts"] = {
        name.removeprefix("is_").removesuffix("_issue"): int(column.sum())
        for name, column in lab.issues.items()
        if name.startswith("is_")
    }
    told["near_duplicates"] = [list(map(str, one)) for one in lab.info["near_duplicates"]["sets"]]
    told["near_duplicates"] += [list(map(str, one)) for one in lab.info["exact_duplicates"]["sets"]]
    told["cpu_seconds"] = {"cleanvision": round(vision, 1), "cleanlab": round(time.process_time() - started, 1)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
