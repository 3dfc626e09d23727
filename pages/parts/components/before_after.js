// Two pictures of one size, one over the other; a slider moves the line between them.
export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector)
  const before = find(".before")
  const after = find(".after")
  const slider = find("input")
  before.src = data.before
  before.alt = data.before_alt
  after.src = data.after
  after.alt = data.after_alt
  const stage = find(".stage")
  stage.classList.toggle("smooth", !data.sharp)
  after.onload = () => { // as large as the page allows, and no higher than the window
    parentElement.querySelector(".pair").style.maxWidth = `calc(72vh * ${after.naturalWidth / after.naturalHeight})`
  }
  if (slider.dataset.reference !== data.reference) slider.value = data.start
  slider.dataset.reference = data.reference
  slider.oninput = () => {
    before.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`
    find(".line").style.left = `${slider.value}%`
    find(".left").hidden = slider.value < 15
    find(".right").hidden = slider.value > 85
  }
  slider.oninput()
}
