// A picture on the clipboard goes into a drop zone: by Ctrl+V anywhere on the page, and by a button where the browser
// lets a page read the clipboard. What is pasted into a field of text stays there.
const NONE = 'There is no picture on the clipboard.'

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector('button')
  const say = (word) => (parentElement.querySelector('.word').textContent = word)
  const take = (files) => say(files.length ? (intoDropZone(data.key, files.slice(0, 1)) ? '' : 'Open the drop zone first.') : NONE)

  const pasted = (event) => {
    const isText = event.composedPath()[0].closest?.('input:not([type=file]), textarea, [contenteditable=true]')
    const files = [...(event.clipboardData?.files ?? [])]
    if (isText && !files.length) return
    event.preventDefault()
    take(files)
  }
  const read = async () => {
    try {
      take(await pictures(await navigator.clipboard.read()))
    } catch {
      say('The browser didn’t let this page read the clipboard; Ctrl+V works without asking.')
    }
  }
  button.hidden = !navigator.clipboard?.read
  button.onclick = read
  parentElement.forget?.() // drawn anew, it is still the same element
  parentElement.forget = () => document.removeEventListener('paste', pasted)
  document.addEventListener('paste', pasted)
  return parentElement.forget
}

async function pictures(items) {
  const files = []
  for (const item of items) {
    const type = item.types.find((each) => each.startsWith('image/'))
    if (type) files.push(new File([await item.getType(type)], `pasted.${type.slice(6)}`, { type }))
  }
  return files
}
