import type { Pending, Shelf } from '../outbox.ts'
import { isPending } from './shelf-local.ts'

const DATABASE = 'anhu-terminal'
const STORE = 'outbox'

/**
 * Entries in IndexedDB. A write is done when it is on the disk (`durability: 'strict'`, which browsers before 2021 are
 * by themselves and ignore): a power cut keeps the press.
 */
export function databaseShelf(factory: IDBFactory): Shelf {
  let opened: Promise<IDBDatabase> | null = null
  const database = () => {
    opened ??= open(factory, () => {
      opened = null
    })
    return opened
  }
  const write = async (change: (store: IDBObjectStore) => void): Promise<void> => {
    const transaction = (await database()).transaction(STORE, 'readwrite', { durability: 'strict' })
    change(transaction.objectStore(STORE))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
    })
  }
  return {
    load: async () => {
      const request: IDBRequest<unknown[]> = (await database()).transaction(STORE).objectStore(STORE).getAll()
      return (await done(request)).filter(isPending)
    },
    put: (entry: Pending) => write((store) => store.put(entry)),
    remove: (id) => write((store) => store.delete(id)),
  }
}

/** `onLost`: the connection is gone (the browser cleared its data, say), and has to be opened again. */
async function open(factory: IDBFactory, onLost: () => void): Promise<IDBDatabase> {
  try {
    const request = factory.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
    const database = await done(request)
    database.onclose = onLost
    database.onversionchange = () => {
      database.close()
      onLost()
    }
    return database
  } catch (error) {
    onLost()
    throw error
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
