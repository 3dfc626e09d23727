// A picture to paint a region on. Python gets the region as a PNG, white on black, in the picture's own pixels.
const INK = "#ff2d95" // a colour that few pictures have
const KEPT = 30 // strokes that can be undone
const LIVE_MS = 250 // while a stroke lasts, Python hears of it four times a second at most
const instances = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  const brush = instances.get(parentElement) ?? new Brush(parentElement)
  instances.set(parentElement, brush)
  brush.update(component, data)
  return () => {
    brush.end()
    instances.delete(parentElement)
  }
}

class Brush {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.image = this.find("img")
    this.canvas = this.find("canvas")
    this.ring = this.find(".ring")
    this.context = this.canvas.getContext("2d", { willReadFrequently: true })
    this.tool = "brush"
    this.history = []
    this.pen = null // where the brush is, in the picture's pixels, while it is down
    this.at = null // where the keys have moved it
    this.listen()
  }

  update(component, data) {
    this.component = component
    if (data.reference === this.reference) return
    this.reference = data.reference
    this.image.src = data.picture
    this.image.alt = data.alt
    this.canvas.setAttribute("aria-label", `${data.alt}. Paint on it to mark a region.`)
    this.canvas.width = data.width
    this.canvas.height = data.height
    this.history = []
    this.at = { x: data.width / 2, y: data.height / 2 }
    this.sent = null
    this.load(data.mask)
  }

  load(mask) {
    this.tell()
    if (!mask) return
    const image = new Image()
    image.onload = () => {
      this.context.drawImage(image, 0, 0)
      const pixels = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height)
      for (let at = 0; at < pixels.data.length; at += 4) pixels.data[at + 3] = pixels.data[at] > 127 ? 255 : 0
      this.context.putImageData(pixels, 0, 0)
      this.colour()
      this.sent = mask
      this.tell()
    }
    image.src = mask
  }

  colour() {
    this.context.globalCompositeOperation = "source-in"
    this.context.fillStyle = INK
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height)
    this.context.globalCompositeOperation = "source-over"
  }

  listen() {
    const { canvas } = this
    for (const button of this.root.querySelectorAll("[data-tool]")) button.onclick = () => this.choose(button.dataset.tool)
    this.find("[data-act=undo]").onclick = () => this.undo()
    this.find("[data-act=clear]").onclick = () => this.clear()
    canvas.onpointerdown = (event) => {
      if (event.button) return
      canvas.setPointerCapture(event.pointerId)
      canvas.focus({ preventScroll: true })
      this.lower(this.place(event))
    }
    canvas.onpointermove = (event) => {
      this.at = this.place(event)
      this.showRing()
      if (this.pen && canvas.hasPointerCapture(event.pointerId)) this.move(this.at)
    }
    canvas.onpointerup = () => this.lift()
    canvas.onpointercancel = () => this.lift()
    canvas.onpointerleave = () => { if (!this.pen) this.ring.hidden = true }
    canvas.onblur = () => { if (this.pen) this.lift(); this.ring.hidden = true }
    canvas.onfocus = () => { if (canvas.matches(":focus-visible")) this.showRing() }
    canvas.onkeydown = (event) => this.key(event)
    this.find("input").oninput = () => this.showRing()
  }

  end() {
    clearTimeout(this.timer)
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect()
    return {
      x: ((event.clientX - box.left) / box.width) * this.canvas.width,
      y: ((event.clientY - box.top) / box.height) * this.canvas.height,
    }
  }

  key(event) {
    const step = (event.shiftKey ? 0.1 : 0.02) * this.canvas.width
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }
    const tools = { b: "brush", e: "eraser", x: "box" }
    if (moves[event.key]) {
      const [x, y] = moves[event.key]
      this.at = { x: within(this.at.x + x, this.canvas.width), y: within(this.at.y + y, this.canvas.height) }
      if (this.pen) this.move(this.at)
      this.showRing()
    } else if (event.key === " " || event.key === "Enter") {
      this.pen ? this.lift() : this.lower(this.at)
      this.say(this.pen ? "The brush is down." : undefined)
    } else if (event.key === "Escape" && this.pen) {
      this.pen = null
      this.undo()
    } else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      this.undo()
    } else if (tools[event.key] && !event.ctrlKey && !event.metaKey) {
      this.choose(tools[event.key])
    } else {
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }

  choose(tool) {
    this.tool = tool
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool))
    }
    this.ring.classList.toggle("box", tool === "box")
  }

  get width() {
    const share = Number(this.find("input").value) / 100
    return Math.max(1, share * Math.min(this.canvas.width, this.canvas.height))
  }

  lower(at) {
    this.remember()
    this.pen = this.corner = at
    this.at = at
    if (this.tool !== "box") this.line(at, at)
  }

  move(to) {
    if (this.tool === "box") {
      this.context.putImageData(this.history.at(-1), 0, 0)
      this.box(this.corner, to)
    } else {
      this.line(this.pen, to)
    }
    this.pen = to
    this.send(LIVE_MS)
  }

  lift() {
    if (!this.pen) return
    this.pen = null
    this.send(0)
  }

  line(from, to) {
    const { context } = this
    context.globalCompositeOperation = this.tool === "eraser" ? "destination-out" : "source-over"
    context.strokeStyle = INK
    context.lineWidth = this.width
    context.lineCap = context.lineJoin = "round"
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x + 0.01, to.y)
    context.stroke()
    context.globalCompositeOperation = "source-over"
  }

  box(one, other) {
    this.context.fillStyle = INK
    this.context.fillRect(Math.min(one.x, other.x), Math.min(one.y, other.y), Math.abs(one.x - other.x), Math.abs(one.y - other.y))
  }

  remember() {
    this.history.push(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height))
    if (this.history.length > KEPT) this.history.shift()
  }

  undo() {
    const before = this.history.pop()
    if (before) this.context.putImageData(before, 0, 0)
    this.send(0)
  }

  clear() {
    this.remember()
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    this.send(0)
  }

  showRing() {
    const scale = this.canvas.getBoundingClientRect().width / this.canvas.width
    const size = this.tool === "box" ? 10 : Math.max(6, this.width * scale)
    Object.assign(this.ring.style, {
      left: `${this.at.x * scale}px`, top: `${this.at.y * scale}px`, width: `${size}px`, height: `${size}px`,
    })
    this.ring.hidden = false
  }

  send(wait) {
    if (wait && this.timer) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = null
      const mask = this.export()
      this.tell()
      if (mask === this.sent) return
      this.sent = mask
      this.component.setStateValue("mask", mask)
    }, wait)
  }

  tell() {
    const share = this.share()
    this.find("[data-act=undo]").disabled = !this.history.length
    this.find("[data-act=clear]").disabled = !share
    this.say(share ? `${Math.max(1, Math.round(100 * share))} % of the picture is marked.` : "Nothing is marked yet.")
  }

  say(text) {
    if (text) this.find(".told").textContent = text
  }

  share() {
    const pixels = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height).data
    let marked = 0
    for (let at = 3; at < pixels.length; at += 4) marked += pixels[at] > 127
    return marked / (pixels.length / 4)
  }

  export() {
    if (!this.share()) return ""
    const copy = document.createElement("canvas")
    copy.width = this.canvas.width
    copy.height = this.canvas.height
    const context = copy.getContext("2d")
    context.drawImage(this.canvas, 0, 0)
    const pixels = context.getImageData(0, 0, copy.width, copy.height)
    for (let at = 0; at < pixels.data.length; at += 4) {
      pixels.data.fill(pixels.data[at + 3] > 127 ? 255 : 0, at, at + 3)
      pixels.data[at + 3] = 255
    }
    context.putImageData(pixels, 0, 0)
    return copy.toDataURL("image/png")
  }
}

function within(value, most) {
  return Math.min(most, Math.max(0, value))
}
