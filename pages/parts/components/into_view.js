// Brings a result before the eye: scrolls to it once when it is new, and offers the way there while it is below the fold.
const ENOUGH = 0.4 // of the window, or all of the result
const SETTLING = 2000 // milliseconds in which what is drawn above a new result may still push it away

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector('button')
  const seen = (window.vitrineSeen ??= {})
  let observer
  const frame = requestAnimationFrame(() => {
    const [target, begin] = [data.key, data.begin].map((key) => document.querySelector(`.st-key-${CSS.escape(key)}`))
    if (!target || !begin) return
    const visible = () => {
      const { top, bottom, height } = target.getBoundingClientRect()
      return Math.min(bottom, innerHeight) - Math.max(top, 0) >= Math.min(height, innerHeight * ENOUGH)
    }
    const isBelow = () => !visible() && target.getBoundingClientRect().top > innerHeight * (1 - ENOUGH)
    const go = () => {
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
      begin.style.scrollMarginTop = '4rem' // the height of Streamlit's bar
      begin.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' })
    }
    button.textContent = `${data.label} ↓`
    button.onclick = go
    if (seen[data.key]?.result !== data.result) seen[data.key] = { result: data.result, until: Date.now() + SETTLING }
    const leave = () => (seen[data.key].until = 0) // to whoever moves the page by hand
    for (const hand of ['wheel', 'touchmove', 'keydown']) addEventListener(hand, leave, { once: true, passive: true })
    const look = () => {
      if (!data.gently && Date.now() < seen[data.key].until && !visible()) go()
      button.hidden = !isBelow()
    }
    observer = new IntersectionObserver(look, { threshold: Array.from({ length: 41 }, (_, step) => step / 40) })
    observer.observe(target)
  })
  return () => {
    cancelAnimationFrame(frame)
    observer?.disconnect()
  }
}
