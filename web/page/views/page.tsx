import type { VNode } from 'preact'
import { Announcer } from './announcer.tsx'
import { CachePanel } from './cache-panel.tsx'
import { Header } from './header.tsx'
import { NoticeList } from './notice-list.tsx'
import { PageContext, type PageParts } from './page-context.ts'
import { SessionPanel } from './session-panel.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { StagePanel } from './stage-panel.tsx'

/** The whole page. */
export function Page(parts: PageParts): VNode {
  return (
    <PageContext.Provider value={parts}>
      <Header />
      <main>
        <NoticeList />
        <div class="column column-main">
          <StagePanel />
          <SessionPanel />
        </div>
        <div class="column column-side">
          <CachePanel />
          <SettingsPanel />
        </div>
      </main>
      <Announcer />
    </PageContext.Provider>
  )
}
