"""A Settings class becomes widgets, and the widgets give back its values."""

from typing import Literal

import pytest
from streamlit.testing.v1 import AppTest

from mlcore import settings as declared
from mlcore.settings import Settings, choice, names, number


class Everything(Settings):
    """One field of each kind."""

    layers: int = number(3, 1, 9, "How many layers")
    rate: float = number(0.001, 1e-6, 1.0, "Step size")
    flip: bool = choice(False, "Mirror pictures")
    optimizer: Literal["adam", "gradient-descent"] = choice("adam", "How weights move")
    hidden: tuple[int, ...] = choice((128, 64), "Units of each layer")
    limit: float | None = number(None, 0.0, 5.0, "Upper limit")
    seed: int = number(0, 0, 99, "Seed", expert=True)


def page(settings):
    import streamlit as st

    from pages.parts.form import form

    st.session_state["result"] = form(settings, "some")


@pytest.fixture
def drawn():
    return AppTest.from_function(page, args=(Everything,), default_timeout=120).run()


def test_untouched_widgets_give_the_defaults(drawn):
    assert not drawn.exception
    assert declared.read(Everything, drawn.session_state["result"]) == Everything()


def test_every_field_has_a_widget_with_its_help(drawn):
    helps = {
        widget.key: widget.help
        for kind in ("number_input", "toggle", "selectbox", "text_input")
        for widget in drawn.get(kind)
    }

    assert helps == {f"some.{spec.name}": spec.help for spec in declared.fields(Everything)}


def test_bounds_reach_the_widget(drawn):
    layers = drawn.number_input(key="some.layers")

    assert (layers.min, layers.max, layers.step) == (1, 9, 1)


def test_changes_come_back_as_values_of_the_right_kind(drawn):
    drawn.number_input(key="some.layers").set_value(5)
    drawn.number_input(key="some.rate").set_value(0.02)
    drawn.toggle(key="some.flip").set_value(True)
    drawn.selectbox(key="some.optimizer").set_value("gradient-descent")
    drawn.text_input(key="some.hidden").set_value("32, 16,8")
    drawn.run()

    read = declared.read(Everything, drawn.session_state["result"])
    assert read == Everything(layers=5, rate=0.02, flip=True, optimizer="gradient-descent", hidden=(32, 16, 8))


def test_nonsense_in_a_list_is_refused_in_words(drawn):
    from mlcore.errors import Refused

    drawn.text_input(key="some.hidden").set_value("many").run()

    with pytest.raises(Refused, match="hidden"):
        declared.read(Everything, drawn.session_state["result"])


def test_a_form_can_be_filled_from_values():
    def filled(settings):
        import streamlit as st

        from pages.parts.form import fill, form

        fill(settings, "some", {"layers": 7, "hidden": [5], "limit": None, "rate": 1})
        st.session_state["result"] = form(settings, "some")

    result = AppTest.from_function(filled, args=(Everything,), default_timeout=120).run().session_state["result"]

    assert (result["layers"], result["hidden"], result["limit"], result["rate"]) == (7, [5], None, 1.0)


class Friends(Settings):
    """Any number of names."""

    who: list[str] = names("Whom to ask")


def test_names_are_chosen_by_title_and_one_that_is_gone_stays():
    def chosen(settings):
        import streamlit as st

        from pages.parts.form import fill, form

        if "result" not in st.session_state:
            fill(settings, "some", {"who": ["ann", "gone"]})
        st.session_state["result"] = form(settings, "some", among={"who": {"ann": "Ann", "bob": "Bob"}})

    drawn = AppTest.from_function(chosen, args=(Friends,), default_timeout=120).run()

    assert drawn.session_state["result"] == {"who": ["ann", "gone"]}
    assert drawn.multiselect(key="some.who").options == ["Ann", "Bob", "gone"]
    drawn.multiselect(key="some.who").set_value(["bob"]).run()
    assert drawn.session_state["result"] == {"who": ["bob"]}


@pytest.mark.parametrize(("default", "step"), [(0.001, 0.0001), (0.15, 0.01), (5.0, 0.1), (0.0, 0.01)])
def test_the_step_suits_the_size_of_the_default(default, step):
    from pages.parts.form import _step

    (spec,) = declared.fields(
        type("One", (Settings,), {"__annotations__": {"x": float}, "x": number(default, 0, 9, "x")})
    )

    assert _step(spec) == pytest.approx(step)


def test_numbers_with_bounds_can_be_sliders():
    def sliding(settings):
        import streamlit as st

        from pages.parts.form import form

        st.session_state["result"] = form(settings, "some", sliders=True)

    page = AppTest.from_function(sliding, args=(Everything,), default_timeout=120).run()
    page.slider(key="some.layers").set_value(5).run()
    page.slider(key="some.rate").set_value(0.25).run()

    assert (page.slider(key="some.layers").step, page.slider(key="some.rate").step) == (1, 0.01)
    assert page.session_state["result"]["layers"] == 5
    assert page.session_state["result"]["rate"] == 0.25
    assert declared.read(Everything, page.session_state["result"]) == Everything(layers=5, rate=0.25)
