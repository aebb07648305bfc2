import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../../../test/find-chromium.ts'

/**
 * The installed Chromium, headless. Its camera is a made-up one that nobody is asked about, and `edge.test` is this machine under a
 * name that is no secure origin.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--host-resolver-rules=MAP edge.test 127.0.0.1',
    ],
  })
}
