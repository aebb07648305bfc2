import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

const wellKnownPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Whether this user may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Path of an installed Chromium or Chrome: `CHROMIUM_PATH` first, then PATH, then the usual places; '' if
 * there is none.
 */
export function findChromium(): string {
  const fromEnvironment = process.env['CHROMIUM_PATH']
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...wellKnownPaths,
  ]
  return candidates.find(isExecutable) ?? ''
}
