"""Tables on pages leave as CSV files in which a name is never a formula."""

from streamlit.testing.v1 import AppTest


def test_a_table_has_a_button_that_saves_its_rows_without_formulas(monkeypatch):
    def page():
        from pages.parts.layout import table

        table([{"Run": "=1+1", "Score": 0.5}], "odd", "runs.csv", alt="Runs")

    saved = {}
    monkeypatch.setattr(
        "pages.parts.layout.st.download_button", lambda label, make, name, *_, **options: saved.update({name: make()})
    )
    shown = AppTest.from_function(page, default_timeout=120).run()

    assert len(shown.dataframe) == 1
    assert saved == {"runs.csv": "Run,Score\r\n'=1+1,0.5\r\n"}
