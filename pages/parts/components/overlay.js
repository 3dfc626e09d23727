// A map over its picture. It follows the page's slider of strength, and its picker of a class where it knows that
// class's map, while the person still moves them; the server's answer comes later and changes nothing.
export default function ({ parentElement, data }) {
  const stack = parentElement.querySelector('.stack')
  const show = (name, address) => {
    const image = stack.querySelector(`.${name}`)
    if (image.src !== address) image.src = address
  }
  const cover = (strength) => stack.style.setProperty('--strength', strength)
  show('picture', data.picture)
  show('grey', data.grey)
  show('heat', data.heat)
  stack.classList.toggle('smooth', data.smooth)
  stack.classList.toggle('photograph', Boolean(data.box))
  const seen = stack.querySelector('.seen')
  for (const edge of ['top', 'left', 'height', 'width']) seen.style[edge] = data.box ? `${data.box[edge]}%` : ''
  stack.setAttribute('aria-label', data.alt)
  cover(data.strength)

  const watcher = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.closest('.st-key-explain-strength')) cover(target.value)
      if (!target.closest('.st-key-target')) continue
      const known = target.value === data.shown ? data.heat : window.vitrineMaps?.[data.about]?.[target.value]
      if (typeof known === 'string') show('heat', known)
    }
  })
  stack.watcher?.disconnect() // drawn anew, it is still the same element
  stack.watcher = watcher
  watcher.observe(document.body, { attributes: true, attributeFilter: ['value'], subtree: true })
  return () => watcher.disconnect()
}
