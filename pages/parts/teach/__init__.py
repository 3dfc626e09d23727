"""The wing of the page Teach: few-shot classes and the lesson learned from them."""
