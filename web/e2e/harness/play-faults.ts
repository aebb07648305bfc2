import type { FaultCase } from './fault-cases.ts'
import { openFaultStage } from './fault-stage.ts'
import { launchChromium } from './launch-chromium.ts'

export interface PlayedFaults {
  readonly played: number
  readonly failures: readonly string[]
  /** Pages that no recovery of the network brought back. */
  readonly bricked: number
}

/**
 * Plays cases against the built product, `lanes` of them side by side, each lane with an edge and a proxy of
 * its own.
 */
export async function playFaults(cases: readonly FaultCase[], lanes: number): Promise<PlayedFaults> {
  const browser = await launchChromium()
  const waiting = [...cases]
  const failures: string[] = []
  let played = 0
  let bricked = 0
  try {
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        const stage = await openFaultStage(browser)
        try {
          for (let faultCase = waiting.shift(); faultCase !== undefined; faultCase = waiting.shift()) {
            const { target, fault, visit } = faultCase
            try {
              await stage.play(faultCase)
            } catch (thrown) {
              const reason = thrown instanceof Error ? thrown.message : String(thrown)
              if (reason.startsWith('It did not recover')) bricked++
              failures.push(`${target}, ${fault}, ${visit} visit: ${reason}`)
              console.error(failures.at(-1))
            }
            played++
          }
        } finally {
          await stage.close()
        }
      }),
    )
    return { played, failures, bricked }
  } finally {
    await browser.close()
  }
}
