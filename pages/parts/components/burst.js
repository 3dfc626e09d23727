// Pictures from the camera while a button is held, several a second. On release they go into a drop zone, as files do.
const EVERY_MS = 200
const MOST = 100 // at once
const SIDE = 512 // pixels; a lesson keeps no more
const WORDS = {
  NotAllowedError: 'The browser doesn’t let this page use the camera; allow it beside the address, then switch the camera off and on.',
  NotFoundError: 'There is no camera here; drop pictures instead.',
  NotReadableError: 'Another program has the camera; close it, then switch the camera off and on.',
}
const instances = new WeakMap()

export default function ({ parentElement, data }) {
  const burst = instances.get(parentElement) ?? new Burst(parentElement)
  instances.set(parentElement, burst)
  burst.update(data)
  return () => {
    burst.end()
    instances.delete(parentElement)
  }
}

class Burst {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector)
    this.button = this.find('button')
    this.video = this.find('video')
    this.frames = [] // of the burst at hand, each a promise of a file
    this.waiting = [] // recorded, and not yet in the drop zone
    this.listen()
    this.open()
  }

  update(data) {
    this.key = data.key
    this.hand()
  }

  async open() {
    try {
      if (!navigator.mediaDevices) throw new DOMException('', 'InsecureError')
      const video = { facingMode: { ideal: 'environment' }, width: { ideal: 1280 } }
      this.stream = await navigator.mediaDevices.getUserMedia({ video })
      if (this.ended) return this.end()
      for (const track of this.stream.getTracks()) track.onended = () => this.lose('The camera was taken away.')
      this.video.srcObject = this.stream
      await this.video.play()
      this.button.disabled = false
    } catch (error) {
      const insecure = 'The browser gives a page the camera over https only, or on the machine that Vitrine runs on.'
      this.lose(error.name === 'InsecureError' ? insecure : (WORDS[error.name] ?? `The camera can’t be used: ${error.message}`))
    }
  }

  lose(word) {
    this.stop()
    this.button.disabled = true
    this.say(word)
  }

  listen() {
    const { button } = this
    button.onpointerdown = (event) => {
      if (event.button) return
      button.setPointerCapture(event.pointerId)
      this.start()
    }
    button.onpointerup = button.onpointercancel = button.onlostpointercapture = button.onblur = () => this.stop()
    button.oncontextmenu = (event) => event.preventDefault() // a long press of a finger
    button.onkeydown = (event) => this.pressed(event) && !event.repeat && this.start()
    button.onkeyup = (event) => this.pressed(event) && this.stop()
    button.onclick = (event) => { // by a screen reader or a voice: neither pointer nor key was down
      if (event.detail || event.pointerType) return
      this.start()
      this.stop()
    }
  }

  pressed(event) {
    const holds = event.key === ' ' || event.key === 'Enter'
    if (holds) event.preventDefault()
    return holds
  }

  start() {
    if (this.timer || this.button.disabled) return
    this.frames = []
    this.button.classList.add('recording')
    this.say('')
    this.timer = setInterval(() => this.shoot(), EVERY_MS)
    this.shoot()
  }

  shoot() {
    const { videoWidth: width, videoHeight: height } = this.video
    const scale = Math.min(1, SIDE / Math.max(width, height))
    const canvas = Object.assign(document.createElement('canvas'), { width: width * scale, height: height * scale })
    canvas.getContext('2d').drawImage(this.video, 0, 0, canvas.width, canvas.height)
    const name = `camera-${this.frames.length + 1}.jpg`
    this.frames.push(new Promise((done) => canvas.toBlob((blob) => done(blob && new File([blob], name, { type: blob.type })), 'image/jpeg', 0.92)))
    this.find('.count').textContent = `Recorded: ${this.frames.length}`
    if (this.frames.length >= MOST) this.stop()
  }

  async stop() {
    if (!this.timer) return
    clearInterval(this.timer)
    this.timer = null
    this.button.classList.remove('recording')
    const files = (await Promise.all(this.frames)).filter(Boolean)
    const many = `${files.length} picture${files.length === 1 ? '' : 's'} recorded`
    this.find('.count').textContent = ''
    this.say(files.length < MOST ? `${many}.` : `${many}, the most at once; hold again for more.`)
    this.waiting.push(...files)
    this.hand()
  }

  hand() { // a drop zone takes files once, then another takes its place
    if (!this.waiting.length || this.given === this.key || !intoDropZone(this.key, this.waiting)) return
    this.given = this.key
    this.waiting = []
  }

  say(word) {
    this.find('.word').textContent = word
  }

  end() {
    this.ended = true
    clearInterval(this.timer)
    for (const track of this.stream?.getTracks() ?? []) track.stop()
  }
}
