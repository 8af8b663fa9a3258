/** Whether a topic matches a subscription's filter. MQTT 3.1.1, 4.7: `+` is one level, `#` all further ones. */
export function matchesFilter(filter: string, topic: string): boolean {
  if (filter === topic) return true
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && !filter.startsWith('$')) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true
    if (at >= levels.length || (level !== '+' && level !== levels[at])) return false
  }
  return wanted.length === levels.length
}
