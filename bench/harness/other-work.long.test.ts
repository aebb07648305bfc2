import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { watchOtherWork } from './other-work.ts'

const spin = (ms: number): string => `const endsAt = Date.now() + ${ms}; while (Date.now() < endsAt);`

// What others do on the machine cannot be told from a test; that our own work is not taken for theirs can.
if (existsSync('/proc/stat')) {
  it('does not count what this process and its children do', async () => {
    const before = watchOtherWork()
    await new Promise((resolve) => setTimeout(resolve, 700))
    const others = before() ?? NaN
    const during = watchOtherWork()
    await once(spawn(process.execPath, ['-e', spin(700)]), 'exit')
    // Whatever the others do, a child that keeps a core busy must not make it a core more.
    expect(during()).toBeLessThan(Math.max(others, 0.1) + 0.8)
  })

  it('counts a process that is not ours', async () => {
    const during = watchOtherWork()
    // Its parent ends at once, so that nobody of ours is its ancestor.
    const parent = spawn(process.execPath, [
      '-e',
      `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(spin(1500))}], { detached: true, stdio: 'ignore' }).unref()`,
    ])
    await once(parent, 'exit')
    await expect.poll(() => during(), { timeout: 10_000 }).toBeGreaterThan(0.05)
  })
}
