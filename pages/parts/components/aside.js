// Maps for classes that may be chosen next, where `laid_over` finds them; loaded, so that they are drawn at once.
// Those of other pictures or settings are forgotten.
export default function ({ data }) {
  const before = window.vitrineMaps ?? {}
  window.vitrineMaps = Object.fromEntries(
    Object.entries(data).map(([about, maps]) => [about, { ...before[about], ...maps }]),
  )
  for (const maps of Object.values(data)) {
    for (const address of Object.values(maps)) new Image().src = address
  }
}
