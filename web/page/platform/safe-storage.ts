/**
 * The browser's storage for settings; one that forgets, where even touching it is forbidden (all cookies
 * blocked).
 */
export function safeStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  try {
    return localStorage
  } catch {
    return { getItem: () => null, setItem: () => undefined }
  }
}
