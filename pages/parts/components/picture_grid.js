// Pictures to choose and label, many at once, by mouse, finger or keys. What is done shows at once; Python hears of it
// as numbered operations, which are sent again and again until it says that they are done: none gets lost.
const instances = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  const grid = instances.get(parentElement) ?? new Grid(parentElement)
  instances.set(parentElement, grid)
  grid.update(component, data)
  return () => instances.delete(parentElement)
}

class Grid {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.list = this.find('.pictures')
    this.dialog = this.find('dialog')
    this.nodes = new Map() // by the picture's number
    this.chosen = new Set()
    this.pending = [] // operations that Python hasn't done yet
    this.number = 0 // of the last operation
    this.at = 0 // the place of the active picture
    this.anchor = 0 // where a stretch that Shift takes begins
    this.listen()
  }

  update(component, data) {
    this.component = component
    this.data = data
    this.number = Math.max(this.number, data.done)
    this.pending = this.pending.filter((each) => each.number > data.done)
    const here = new Set(data.pictures.map((each) => each.id))
    for (const id of this.chosen) if (!here.has(id)) this.chosen.delete(id)
    this.list.setAttribute('aria-label', data.alt)
    this.drawClasses()
    this.drawPictures()
    if (data.told !== this.told) this.say((this.told = data.told))
    if (data.look && data.look.number !== this.looked) this.showLarge(data.look)
  }

  drawClasses() {
    const text = JSON.stringify([this.data.classes, this.data.keys])
    if (text === this.drawn) return
    this.drawn = text
    this.find('datalist').replaceChildren(...this.data.classes.map((name) => element('option', { value: name })))
    this.find('.keys').replaceChildren(
      ...this.data.keys.map((name, place) => {
        const item = element('li', {})
        item.append(element('kbd', {}, String(place + 1)), name)
        return item
      }),
    )
  }

  drawPictures() {
    const { pictures } = this.data
    const nodes = pictures.map((each) => this.node(each))
    const same = nodes.length === this.list.children.length && nodes.every((node, place) => this.list.children[place] === node)
    if (!same) this.list.replaceChildren(...nodes)
    const here = new Set(pictures.map((each) => each.id))
    for (const id of this.nodes.keys()) if (!here.has(id)) this.nodes.delete(id)
    for (const operation of this.pending) this.foresee(operation)
    this.go(this.at)
  }

  node(picture) {
    const node = this.nodes.get(picture.id) ?? element('div', { role: 'option', id: `picture-${picture.id}` })
    if (!node.firstChild) node.append(element('img', { alt: '', draggable: false }), element('span', {}))
    this.nodes.set(picture.id, node)
    const [image, label] = node.children
    if (image.src !== picture.src) image.src = picture.src
    label.textContent = picture.label
    node.title = picture.title
    node.className = `picture${picture.small ? ' small' : ''}`
    node.setAttribute('aria-selected', String(this.chosen.has(picture.id)))
    return node
  }

  listen() {
    const acts = {
      all: () => this.choose(this.data.pictures.map((each) => each.id)),
      none: () => this.choose([]),
      label: () => this.label(this.find('.class').value.trim()),
      move: () => this.act('move', this.find('.split').value),
      drop: () => this.act('drop'),
      undo: () => this.send('undo', []),
      redo: () => this.send('redo', []),
      close: () => this.dialog.close(),
    }
    for (const button of this.root.querySelectorAll('[data-act]')) button.onclick = acts[button.dataset.act]
    this.find('.class').onkeydown = (event) => {
      event.stopPropagation()
      if (event.key === 'Enter') acts.label()
    }
    this.list.onclick = (event) => this.click(event)
    this.list.ondblclick = (event) => this.place(event) >= 0 && this.look()
    this.list.onkeydown = this.dialog.onkeydown = (event) => this.key(event)
    this.dialog.onclose = () => this.list.focus()
  }

  place(event) {
    return [...this.list.children].indexOf(event.target.closest('.picture'))
  }

  click(event) {
    const place = this.place(event)
    if (place < 0) return
    const { id } = this.data.pictures[place]
    if (event.shiftKey) this.choose(this.between(this.anchor, place), true)
    else this.toggle(id)
    if (!event.shiftKey) this.anchor = place
    this.go(place)
  }

  key(event) {
    const columns = this.columns()
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -this.at, End: this.data.pictures.length }
    const { key } = event
    if ((event.ctrlKey || event.metaKey) && key === 'a') this.choose(this.data.pictures.map((each) => each.id))
    else if (event.ctrlKey || event.metaKey || event.altKey) return
    else if (key in moves) this.step(moves[key], event.shiftKey)
    else if (key === ' ') this.mark()
    else if (key === 'Enter' && event.target.tagName !== 'BUTTON') this.look()
    else if (key === 'Escape' && !this.dialog.open) this.choose([])
    else if (/^[1-9]$/.test(key)) this.label(this.data.keys[Number(key) - 1])
    else if (key === 'x' || key === 'Delete') this.act('drop')
    else if (key === 'z') this.send('undo', [])
    else if (key === 'PageDown' || key === 'PageUp') this.send('turn', [], key === 'PageDown' ? '1' : '-1')
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  columns() {
    return getComputedStyle(this.list).gridTemplateColumns.split(' ').length
  }

  step(by, takes) {
    const before = this.at
    if (!takes) this.anchor = within(before + by, this.data.pictures.length)
    this.go(before + by)
    if (takes) this.choose(this.between(this.anchor, this.at))
    if (this.dialog.open) this.look()
  }

  go(place) {
    this.at = within(place, this.data.pictures.length)
    for (const node of this.list.children) node.classList.toggle('active', node === this.list.children[this.at])
    const active = this.list.children[this.at]
    if (active) this.list.setAttribute('aria-activedescendant', active.id)
    else this.list.removeAttribute('aria-activedescendant')
    if (active && this.root.activeElement === this.list) active.scrollIntoView({ block: 'nearest' })
    this.tell()
  }

  between(one, other) {
    return this.data.pictures.slice(Math.min(one, other), Math.max(one, other) + 1).map((each) => each.id)
  }

  mark() {
    const picture = this.data.pictures[this.at]
    if (picture) this.toggle(picture.id)
    this.anchor = this.at
  }

  toggle(id) {
    if (!this.chosen.delete(id)) this.chosen.add(id)
    this.choose([...this.chosen])
  }

  choose(ids, further = false) {
    this.show(further ? [...this.chosen, ...ids] : ids)
    this.say(this.chosen.size ? `${this.chosen.size} chosen` : 'None is chosen')
  }

  show(ids) {
    this.chosen = new Set(ids)
    for (const [id, node] of this.nodes) node.setAttribute('aria-selected', String(this.chosen.has(id)))
    this.tell()
  }

  /* What is done holds for the chosen pictures, or for the active one where none is chosen. */
  meant() {
    if (this.chosen.size) return [...this.chosen]
    const picture = this.data.pictures[this.at]
    return picture && this.root.activeElement !== this.find('.class') ? [picture.id] : []
  }

  label(name) {
    if (name) this.act('label', name)
    else this.say('No class has this key; choose one for it above.')
  }

  act(action, to = '') {
    const ids = this.meant()
    if (!ids.length) return this.say('Choose a picture first.')
    this.send(action, ids, to)
    this.show([])
    const places = ids.map((id) => this.data.pictures.findIndex((each) => each.id === id))
    this.go(Math.max(...places) + 1)
    this.anchor = this.at
    if (this.dialog.open) this.look()
  }

  look() {
    const picture = this.data.pictures[this.at]
    if (picture) this.send('look', [picture.id])
  }

  send(action, ids, to = '') {
    const operation = { number: (this.number += 1), action, ids, to }
    this.pending = [...this.pending, operation]
    this.foresee(operation)
    this.component.setStateValue('operations', this.pending)
  }

  foresee({ action, ids, to }) {
    for (const node of ids.map((id) => this.nodes.get(id))) {
      if (!node || action === 'look') continue
      node.classList.add(action === 'drop' ? 'leaving' : 'pending')
      if (action === 'label') node.lastChild.textContent = to
    }
  }

  showLarge(look) {
    this.looked = look.number
    const image = this.dialog.querySelector('img')
    image.src = look.src
    image.className = look.small ? 'small' : ''
    image.alt = look.caption
    this.find('.caption').textContent = look.caption
    if (!this.dialog.open) this.dialog.showModal()
  }

  tell() {
    const none = !this.data.pictures.length
    for (const act of ['all', 'label', 'move', 'drop']) this.find(`[data-act=${act}]`).disabled = none
    this.find('[data-act=none]').disabled = !this.chosen.size
    this.find('[data-act=undo]').disabled = !this.data.undo && !this.pending.length
    this.find('[data-act=redo]').disabled = !this.data.redo
  }

  say(text) {
    this.find('.told').textContent = text
  }
}

function element(tag, attributes, text = '') {
  const made = Object.assign(document.createElement(tag), { textContent: text })
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

function within(place, count) {
  return Math.max(0, Math.min(count - 1, place))
}
