/** The log of one step: lines as they are scrolled to, search, sections, following what comes, links to lines, the file. */
import { effect, useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useShortcuts } from '../frame/shortcuts.ts'
import type { Section } from './folds.ts'
import { foldLines } from './folds.ts'
import { atEnd, lineWindow, scrollTopFor } from './line-window.ts'
import { LogBar } from './log-bar.tsx'
import { LogLines } from './log-lines.tsx'
import { logSearch } from './log-search.ts'
import { loadSections } from './log-sections.ts'
import { logStore } from './log-store.ts'

export interface LogViewProps {
  readonly run: string
  readonly step: string
  readonly name: string
  readonly type: string
  /** Whether the step still prints. */
  readonly running: boolean
  /** From 1. */
  readonly line: number | undefined
  onChoose(n: number): void
}

const lineHeight = 20
const askEveryMs = 400
/** Fetched before they are seen. */
const ahead = 100

export function LogView(props: LogViewProps) {
  const { run, step, running, line } = props
  const scroller = useRef<HTMLElement>(null)
  const scrollTop = useSignal(0)
  const height = useSignal(400)
  const following = useSignal(running && line === undefined)
  const sections = useSignal<readonly Section[]>([])
  const closed = useSignal<ReadonlySet<number>>(new Set())
  const store = useMemo(() => logStore(run, step), [run, step])
  const search = useMemo(
    () => logSearch(run, step, () => folded.value.lineAt(Math.floor((scrollTop.peek() / Math.max(1, boxed())) * folded.value.seen)) + 1),
    [run, step],
  )
  const folded = useComputed(() => foldLines(store.total.value, sections.value, closed.value))
  const frame = useComputed(() => ({ lines: folded.value.seen, lineHeight, height: height.value }))
  const boxed = (): number => scroller.current?.scrollHeight ?? 1

  const scrollTo = (top: number): void => {
    if (scroller.current === null) return
    scroller.current.scrollTop = top
    scrollTop.value = scroller.current.scrollTop
  }
  const showLine = (n: number): void => {
    following.value = false
    scrollTo(scrollTopFor(folded.peek().rowOf(n - 1), frame.peek()))
  }
  const find = (by: 1 | -1): void => {
    const n = search.step(by)
    if (n !== undefined) showLine(n)
  }
  const toEnd = (): void => {
    following.value = true
    scrollTo(boxed())
  }

  useEffect(() => {
    const box = scroller.current
    if (box === null) return
    const resized = new ResizeObserver(() => {
      height.value = box.clientHeight
    })
    resized.observe(box)
    return () => resized.disconnect()
  }, [])
  useEffect(() => {
    const stopWanting = effect(() => {
      const { first, end } = lineWindow(scrollTop.value, frame.value)
      store.version.value
      store.want(folded.value.lineAt(Math.max(0, first - ahead)), folded.value.lineAt(Math.min(folded.value.seen, end + ahead)))
    })
    void store.refresh()
    return () => {
      stopWanting()
      store.stop()
    }
  }, [store])
  useEffect(() => {
    if (!running) void store.refresh()
    else {
      // It may have begun only now.
      if (line === undefined && scrollTop.peek() === 0) following.value = true
      const timer = setInterval(() => document.visibilityState === 'visible' && void store.refresh(), askEveryMs)
      return () => clearInterval(timer)
    }
    return undefined
  }, [store, running])
  // Sections stand when nothing is printed any more.
  useEffect(
    () =>
      effect(() => {
        if (!running && store.total.value > 0) void loadSections(run, { path: step, type: props.type }, sections, store.total.value)
      }),
    [store, running],
  )
  // What is followed stays at its end; a line that was asked for is shown as soon as it is there.
  const wanted = useRef(line)
  useEffect(
    () =>
      effect(() => {
        const total = store.total.value
        if (wanted.current !== undefined && total >= wanted.current) {
          const n = wanted.current
          wanted.current = undefined
          requestAnimationFrame(() => showLine(n))
        } else if (following.value && total > 0) requestAnimationFrame(() => following.peek() && scrollTo(boxed()))
      }),
    [store],
  )
  useEffect(
    () =>
      effect(() => {
        const n = search.found.value[search.at.value]
        if (n !== undefined) showLine(n)
      }),
    [search],
  )
  const scrolled = (): void => {
    const top = scroller.current?.scrollTop ?? 0
    if (top < scrollTop.peek() - 2) following.value = false
    else if (running && atEnd(top, frame.peek())) following.value = true
    scrollTop.value = top
  }
  const follow = (): void => {
    if (following.value) following.value = false
    else toEnd()
  }
  useShortcuts('Log', [
    { keys: '/', about: 'search', run: () => document.getElementById('log-search')?.focus() },
    { keys: 'n', about: 'next line found', run: () => find(1) },
    { keys: 'N', about: 'line found before', run: () => find(-1) },
    { keys: 'f', about: 'follow what comes', run: follow },
    { keys: 'g g', about: 'first line', run: () => showLine(1) },
    { keys: 'G', about: 'last line', run: toEnd },
  ])
  return (
    <section class="log" aria-label={`Log of ${props.name}`}>
      <LogBar {...{ run, step, store, search, sections, closed, following, running }} onFind={find} onFollow={follow} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable with keys */}
      <section class="log-scroll" ref={scroller} onScroll={scrolled} tabIndex={0} aria-label="Lines">
        <LogLines {...{ store, search, sections, closed, folded, frame, scrollTop }} chosen={line} onChoose={props.onChoose} />
        {store.total.value === 0 && <p class="log-empty">{running ? 'Nothing printed yet.' : 'This step printed nothing.'}</p>}
      </section>
    </section>
  )
}
