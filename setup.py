"""What `pip install .` makes of a checkout: the package `mlcore`, and the studio with its pages in `vitrine`.

All else stands in pyproject.toml. `vitrine` is the folder that Streamlit serves: app.py, pages/ and .streamlit/.
"""

from pathlib import Path

from setuptools import find_packages, setup

TO_RUN, _, _ = Path("requirements.txt").read_text().partition("# To be tested")

setup(
    script_name="setup.py",  # so that this file isn't taken for a module of `vitrine`
    packages=[
        *find_packages(include=["mlcore*"]),
        "vitrine",
        *(f"vitrine.{name}" for name in find_packages(include=["pages*"])),
    ],
    package_dir={"vitrine": ".", "vitrine.pages": "pages"},
    package_data={
        "mlcore": ["starters/**/*", "data/excerpts/*", "archives/synsets.txt"],
        "vitrine": [".streamlit/config.toml"],
        "": ["*.css", "*.html", "*.js", "*.png"],
    },
    install_requires=[line for line in TO_RUN.splitlines() if not line.startswith("#")],
)
