import type { VNode } from 'preact'
import { Announcer } from './announcer.tsx'
import { CacheScreen } from './cache/cache-screen.tsx'
import { Header } from './header.tsx'
import { LazyScreen } from './lazy-screen.tsx'
import { NowPlaying } from './watch/now-playing.tsx'
import { NoticeList } from './notice-list.tsx'
import { PageContext, usePage, type PageParts } from './page-context.ts'
import { TabBar } from './tab-bar.tsx'
import { WatchScreen } from './watch/watch-screen.tsx'

// Loaded when they are first looked at: the first picture does not wait for charts.
const loadInsight = async () => (await import('./insight/insight-screen.tsx')).InsightScreen
const loadSettings = async () => (await import('./settings/settings-screen.tsx')).SettingsScreen

/** The whole page. */
export function Page(parts: PageParts): VNode {
  return (
    <PageContext.Provider value={parts}>
      <Shell />
      <Announcer />
    </PageContext.Provider>
  )
}

/**
 * The stream is never taken down: on a phone other screens cover it, where there is room they stand beside
 * it.
 */
function Shell(): VNode {
  const { screen } = usePage()
  const shown = screen.value
  return (
    <div class="shell" data-screen={shown}>
      <Header />
      <main>
        <NoticeList />
        <WatchScreen />
        {shown === 'cache' && <CacheScreen />}
        {shown === 'insight' && <LazyScreen key="insight" load={loadInsight} />}
        {shown === 'settings' && <LazyScreen key="settings" load={loadSettings} />}
      </main>
      <NowPlaying />
      <TabBar />
    </div>
  )
}
