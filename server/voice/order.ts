/** Work of one speaker after the other, in the order in which it was given; of different speakers side by side. */
export function createOrder(): <T>(speaker: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (speaker, work) => {
    // What became of the one before is its own caller's affair.
    const before = last.get(speaker) ?? Promise.resolve()
    const result = before.then(work, work)
    last.set(speaker, result)
    const forget = () => {
      if (last.get(speaker) === result) last.delete(speaker)
    }
    result.then(forget, forget)
    return result
  }
}
