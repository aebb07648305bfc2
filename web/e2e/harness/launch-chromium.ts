import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../../../test/find-chromium.ts'
import { settingsKey } from '../../page/state/settings-key.ts'

/**
 * `fake`: a made-up picture; `denied`: nobody allows it; or the path of a video (y4m) that it plays over and
 * over.
 */
export type TestCamera = 'fake' | 'denied' | { readonly file: string }

const cameraArguments = (camera: TestCamera): string[] => {
  if (camera === 'denied') return []
  const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
  return camera === 'fake' ? fake : [...fake, `--use-file-for-fake-video-capture=${camera.file}`]
}

export interface LaunchOptions {
  readonly camera?: TestCamera
  /**
   * Pages take the full model to the device as they see fit. A machine under load has a slow edge, and other
   * tests are about pages that ask it.
   */
  readonly hasFullModel?: boolean
}

/** The installed Chromium, headless. `edge.test` is this machine under a name that is no secure origin. */
export async function launchChromium({
  camera = 'fake',
  hasFullModel = false,
}: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      ...cameraArguments(camera),
      '--host-resolver-rules=MAP edge.test 127.0.0.1',
    ],
  })
  if (hasFullModel) return browser
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await newContext(options)
    await context.addInitScript(
      `localStorage.getItem('${settingsKey}') ?? localStorage.setItem('${settingsKey}', '{"fullModel":"never"}')`,
    )
    return context
  }
  return browser
}
