export interface StartWatch {
  readonly document: Document
  /**
   * So long the page's scripts may take before the page says that it waits for them, and again between two
   * attempts, in milliseconds.
   */
  readonly patienceMs?: number
}

const loading =
  'CacheNet is still loading. The network is slow, or does not bring all of it; it is asked for again by itself.'

/** The page's main script has run. */
export const hasStarted = ({ documentElement }: Document): boolean =>
  documentElement.dataset['started'] === 'true'

export const noteStarted = ({ documentElement }: Document): void =>
  void (documentElement.dataset['started'] = 'true')

const filesOf = (document: Document): (HTMLScriptElement | HTMLLinkElement)[] => [
  ...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>(
    'script[defer][src], link[rel="stylesheet"]',
  ),
]

const isLink = (element: Element): element is HTMLLinkElement => element.localName === 'link'

/**
 * The same file under an address that no cache has an answer for, right or wrong, nor a request that nobody
 * answers.
 */
function another(
  element: HTMLScriptElement | HTMLLinkElement,
  attempt: number,
): HTMLScriptElement | HTMLLinkElement {
  const again = element.ownerDocument.createElement(element.localName) as HTMLScriptElement | HTMLLinkElement
  if (element.integrity !== '') again.integrity = element.integrity
  const address = (from: string): string => `${from.replace(/\?again=\d+$/, '')}?again=${attempt}`
  if (isLink(element) && isLink(again)) {
    again.rel = 'stylesheet'
    again.href = address(element.href)
  } else if (!isLink(element) && !isLink(again)) {
    again.async = false
    again.defer = true
    again.src = address(element.src)
  }
  return again
}

/**
 * Sees to it that a page whose scripts do not come, or come wrong, is neither blank nor so for good: it says
 * so, and asks for them again until the page has started. For the first script of the page, which is small
 * and comes before all else.
 */
export function watchStart({ document, patienceMs = 10_000 }: StartWatch): void {
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const again = (): void => {
    clearTimeout(timer)
    if (hasStarted(document)) return
    const root = document.getElementById('page')
    if (root !== null) root.textContent = loading
    attempt++
    // A style that does not come holds up every script behind it.
    for (const element of filesOf(document)) element.replaceWith(another(element, attempt))
    timer = setTimeout(again, Math.min(60_000, patienceMs * 2 ** Math.min(attempt, 3)))
  }
  const soon = (): void => {
    if (hasStarted(document)) return
    clearTimeout(timer)
    timer = setTimeout(again, attempt === 0 ? 500 : patienceMs / 2)
  }
  // Of an element these do not rise to the window, but are seen there on their way down; of a script's own
  // errors they are at the window.
  document.defaultView?.addEventListener('error', soon, true)
  timer = setTimeout(again, patienceMs)
}
