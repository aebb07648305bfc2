import type { Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { CacheModel } from './cache-model.ts'

/** Long: a machine with other work is late, and that is no violation. */
export const patient = { timeout: 120_000, interval: 15 }

/**
 * Index, storage and model say the same, as soon as what was begun is done: the storage asked through the
 * first page, the index through the second.
 */
export async function agreeWithModel(pages: readonly [Page, Page], model: CacheModel): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await pages[0].evaluate(() => window.harness.storedBlobs())).toEqual([...model.stored].sort()),
    patient,
  )
  const { entries, budget, storedBytes } = await pages[1].evaluate(() => window.harness.list())
  const partitions = entries.filter(({ role }) => role === 'partition')
  expect(partitions.map(({ sha256 }) => sha256).reverse()).toEqual(model.order)
  expect(budget).toEqual(model.state.budget)
  const pinned = new Set(model.state.pinned)
  expect(
    partitions
      .filter(({ isPinned }) => isPinned)
      .map(({ sha256 }) => sha256)
      .sort(),
  ).toEqual(model.order.filter((id) => pinned.has(id)).sort())
  const isOver = storedBytes > budget.bytes || partitions.length > budget.entries
  // Over the budget is only what may not go: what is pinned, and what has just been stored.
  if (isOver) expect(partitions.filter(({ isPinned }) => !isPinned).length).toBeLessThanOrEqual(1)
}

/** Everything that is stored is what its name says, but for what the history itself has damaged. */
export async function requireWholeBlobs(page: Page, model: CacheModel): Promise<void> {
  const found = await page.evaluate(() => window.harness.storedHashes())
  for (const [name, sha256] of found) if (!model.damaged.has(name)) expect(sha256).toBe(name)
}
