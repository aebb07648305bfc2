import { describe, expect, it } from 'vitest'
import { adviceOf } from './advice.ts'
import { sampleReport } from './testing/sample-report.ts'

describe('adviceOf', () => {
  it('names scarce classes, the worst confusion, and how to try it', async () => {
    const data = await sampleReport()
    const said = adviceOf({ ...data, trainCounts: [300, 12, 40, 200], curves: [] })
    expect(said.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('bee (12), cat (40).'),
      expect.stringContaining('pictures of bee that are taken for cat'),
      expect.stringContaining('40 test images say little'),
      expect.stringContaining('Try it'),
    ])
    expect(said[3]!.command).toBe('npm run edge -- --default-bundle sample')
  })

  it('says where the bundle lies, where the edge would not look for it', async () => {
    const data = await sampleReport()
    const last = (bundlesFolder: string): string | undefined => {
      const said = adviceOf({ ...data, bundlesFolder })
      return said[said.length - 1]!.command
    }
    expect(last('./public/bundles')).toBe('npm run edge -- --default-bundle sample')
    expect(last('/tmp/own')).toBe('npm run edge -- --bundles /tmp/own --default-bundle sample')
    expect(last('my bundles')).toBe("npm run edge -- --bundles 'my bundles' --default-bundle sample")
  })

  it('tells learning by heart from not having learnt', async () => {
    const data = await sampleReport()
    const at = (accuracy: number): string =>
      adviceOf({
        ...data,
        manifest: {
          ...data.manifest,
          training: { ...data.manifest.training, config: { full: { optimizer: { epochs: 8 } } } },
        },
        curves: [{ network: 'full', points: [{ step: 1, epoch: 0, loss: 1, accuracy }] }],
        evaluation: { ...data.evaluation, fullAccuracy: 0.7 },
      })
        .map(({ sentence, command = '' }) => `${sentence} ${command}`)
        .join('\n')
    expect(at(0.99)).toContain('by heart (99 % right in training, 70 % on new images)')
    expect(at(0.72)).toMatch(/train for longer\. --anew --set "full\.optimizer\.epochs=16"/)
  })

  it('has nothing to mend where all is well', async () => {
    const data = await sampleReport()
    expect(
      adviceOf({
        ...data,
        trainCounts: [12, 12, 12, 12],
        confusedPairs: [],
        evaluation: { ...data.evaluation, images: 5000, fullAccuracy: 0.97 },
      }),
    ).toHaveLength(1)
  })
})
