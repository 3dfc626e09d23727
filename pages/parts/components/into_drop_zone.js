// Hands files to a drop zone of the page, as if a person had dropped them there; whether there is one.
function intoDropZone(key, files) {
  const input = document.querySelector(`.st-key-${CSS.escape(key)} input[type=file]`)
  if (!input) return false
  const dropped = new DataTransfer()
  for (const file of files) dropped.items.add(file)
  input.files = dropped.files
  input.dispatchEvent(new Event('change', { bubbles: true }))
  return true
}

