import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

describe('runCommand', () => {
  const node = (code: string, timeoutMs = 20_000): ReturnType<typeof runCommand> =>
    runCommand(process.execPath, ['-e', code], { timeoutMs })

  it('tells what ended well from what did not', async () => {
    expect((await node('')).isOk).toBe(true)
    expect((await node('process.exit(3)')).isOk).toBe(false)
    expect((await node('process.kill(process.pid)')).isOk).toBe(false)
    expect((await runCommand('no-such-command-anywhere', [], { timeoutMs: 1000 })).isOk).toBe(false)
  })

  it('has nothing to read, so that nothing waits for an answer', async () => {
    expect((await node("process.stdin.on('end', () => process.exit(0)).resume()")).isOk).toBe(true)
  })

  it('passes variables on', async () => {
    const options = { timeoutMs: 20_000, environment: { CACHENET_TEST: 'yes' } }
    expect(
      (
        await runCommand(
          process.execPath,
          ['-e', "process.exit(process.env.CACHENET_TEST === 'yes' ? 0 : 1)"],
          options,
        )
      ).isOk,
    ).toBe(true)
  })

  it('ends what takes too long', async () => {
    // It would never end by itself.
    expect((await node('setInterval(() => 0, 1000)', 300)).isOk).toBe(false)
  })
})
