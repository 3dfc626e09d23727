// One entry of the browser's history for a page: a change of its address replaces the entry that the page has.
export default function ({ data, setStateValue }) {
  if (!window.vitrineHistory) {
    window.vitrineHistory = history.pushState.bind(history)
    history.pushState = (state, title, address) => {
      const stays = new URL(address ?? location, location).pathname === location.pathname
      return stays ? history.replaceState(state, title, address) : window.vitrineHistory(state, title, address)
    }
  }
  if (!data.known) setStateValue('ready', true)
}
