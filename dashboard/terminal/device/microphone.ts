/** Whether the page may listen. */

/** Asks the person, at the installer's wish; the microphone is let go at once. */
export async function askForMicrophone(): Promise<boolean> {
  // Without HTTPS there is none.
  if (navigator.mediaDevices === undefined) return false
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    for (const track of stream.getTracks()) track.stop()
    return true
  } catch {
    // Refused, or there is no microphone: the installer is told in words.
    return false
  }
}

/** What is known of the permission, for the installer's page. */
export class Microphone {
  #isAllowed = false

  get isAllowed(): boolean {
    return this.#isAllowed
  }

  async look(): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: 'microphone' as PermissionName })
      this.#isAllowed = status.state === 'granted'
      status.onchange = () => {
        this.#isAllowed = status.state === 'granted'
      }
    } catch {
      // Browsers that can't be asked: what the last try said stays.
      this.#isAllowed = false
    }
  }
}
