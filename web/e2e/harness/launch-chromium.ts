import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../../../test/find-chromium.ts'

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

/** The installed Chromium, headless. `edge.test` is this machine under a name that is no secure origin. */
export function launchChromium({ camera = 'fake' }: { readonly camera?: TestCamera } = {}): Promise<Browser> {
  return chromium.launch({
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
}
