/** The graph of a run: dragged, zoomed by wheel and buttons, walked with the arrow keys; stages and groups can be folded. */
import { effect, type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { RunView } from '../../src/events/run-view.ts'
import { toggleKey } from '../run/outline.tsx'
import { Icon } from '../ui/icon.tsx'
import { type Camera, fitted, kept, zoomed } from './camera.ts'
import { GraphNode } from './graph-node.tsx'
import { type Box, layoutTree } from './layout.ts'
import { nearest } from './nearest.ts'
import { type RunNode, stepsIn } from './run-tree.ts'

export interface GraphProps {
  readonly tree: readonly RunNode[]
  readonly view: RunView
  readonly chosen: string | undefined
  readonly folded: Signal<ReadonlySet<string>>
  onChoose(key: string): void
}

interface Drag {
  readonly x: number
  readonly y: number
  readonly at: readonly [number, number]
  readonly moved: boolean
}

const directions: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export function GraphView({ tree, view, chosen, folded, onChoose }: GraphProps) {
  const plane = useRef<HTMLDivElement>(null)
  const world = useRef<HTMLDivElement>(null)
  const camera = useSignal<Camera>({ x: 0, y: 0, scale: 1 })
  const drag = useRef<Drag | undefined>(undefined)
  const layout = useMemo(() => layoutTree(tree, folded.value), [tree, folded.value])
  const seen = () => ({ w: plane.current?.clientWidth ?? 800, h: plane.current?.clientHeight ?? 400 })
  const showAll = (): void => {
    camera.value = fitted(layout, seen())
  }
  const zoom = (by: number, at = { x: seen().w / 2, y: seen().h / 2 }): void => {
    camera.value = zoomed(camera.peek(), by, at)
  }
  // Straight to the element: hundreds of nodes are not drawn again because one looks elsewhere.
  useEffect(
    () =>
      effect(() => {
        const { x, y, scale } = camera.value
        if (world.current !== null) world.current.style.transform = `translate(${x}px, ${y}px) scale(${scale})`
      }),
    [],
  )
  useEffect(showAll, [tree])
  useEffect(() => {
    const box = plane.current
    if (box === null) return
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const { left, top } = box.getBoundingClientRect()
      if (event.ctrlKey || event.metaKey || event.deltaMode === 1) zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top })
      else camera.value = kept({ ...camera.peek(), x: camera.peek().x - event.deltaX, y: camera.peek().y - event.deltaY }, layout, seen())
    }
    box.addEventListener('wheel', wheel, { passive: false })
    return () => box.removeEventListener('wheel', wheel)
  }, [layout])

  const pressed = (event: PointerEvent): void => {
    drag.current = { x: event.clientX - camera.peek().x, y: event.clientY - camera.peek().y, at: [event.clientX, event.clientY], moved: false }
  }
  const moved = (event: PointerEvent): void => {
    const { current } = drag
    if (current === undefined || event.buttons === 0) return
    // A hand that presses a node shakes a little.
    if (!current.moved && Math.hypot(event.clientX - current.at[0], event.clientY - current.at[1]) < 5) return
    if (!current.moved) plane.current?.setPointerCapture(event.pointerId)
    drag.current = { ...current, moved: true }
    camera.value = kept({ ...camera.peek(), x: event.clientX - current.x, y: event.clientY - current.y }, layout, seen())
  }
  /** The click that ends a drag is none. */
  const clicked = (event: MouseEvent): void => {
    if (drag.current?.moved === true) event.stopPropagation()
    drag.current = undefined
  }
  const focus = (box: Box): void => {
    const { w, h } = seen()
    const { x, y, scale } = camera.peek()
    const [left, top] = [box.x * scale + x, box.y * scale + y]
    const outside = left < 0 || top < 0 || left + Math.min(box.w, 200) * scale > w || top + 44 * scale > h
    if (outside) camera.value = { scale, x: w / 2 - (box.x + 98) * scale, y: h / 2 - (box.y + 22) * scale }
    plane.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(box.key)}"]`)?.focus({ preventScroll: true })
  }
  const keyed = (event: KeyboardEvent): void => {
    const direction = directions[event.key]
    const key = event.target instanceof HTMLElement ? event.target.dataset['key'] : undefined
    if (direction !== undefined) {
      const next = nearest(layout.boxes, key, direction)
      if (next !== undefined) focus(next)
    } else if (event.key === '+' || event.key === '=') zoom(1.25)
    else if (event.key === '-') zoom(0.8)
    else if (event.key === '0') showAll()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const first = chosen ?? layout.boxes[0]?.key
  const branches = useMemo(() => tree.flatMap(foldable), [tree])
  return (
    <div class="graph">
      <div class="graph-tools">
        {branches.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              folded.value = folded.value.size > 0 ? new Set() : new Set(branches)
            }}
          >
            {folded.value.size > 0 ? 'Unfold all' : 'Fold all'}
          </button>
        )}
        <button type="button" class="quiet icon-only" title="Smaller (-)" onClick={() => zoom(0.8)}>
          <Icon name="minus" />
          <span class="unseen">Smaller</span>
        </button>
        <button type="button" class="quiet icon-only" title="Larger (+)" onClick={() => zoom(1.25)}>
          <Icon name="plus" />
          <span class="unseen">Larger</span>
        </button>
        <button type="button" class="quiet icon-only" title="All of it (0)" onClick={showAll}>
          <Icon name="fit" />
          <span class="unseen">All of it</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a plane that is dragged is no fieldset */}
      <div
        class="plane"
        ref={plane}
        role="group"
        aria-label="Graph of the run"
        onPointerDown={pressed}
        onPointerMove={moved}
        onClickCapture={clicked}
        onKeyDown={keyed}
      >
        <div class="world" ref={world} style={{ width: `${layout.w}px`, height: `${layout.h}px` }}>
          <svg class="edges" width={layout.w} height={layout.h} aria-hidden="true">
            {layout.edges.map((path) => (
              <path key={path} d={path} />
            ))}
          </svg>
          {layout.boxes.map((box) => (
            <GraphNode
              key={box.key}
              box={box}
              view={view}
              chosen={chosen === box.key}
              reached={first === box.key}
              onOpen={() => (box.node.kind === 'step' ? onChoose(box.key) : toggleKey(folded, box.key))}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function foldable(node: RunNode): readonly string[] {
  if (node.kind === 'step') return []
  const inside = node.children.flatMap(foldable)
  return (node.kind === 'parallel' && node.loop === undefined) || stepsIn(node).length < 2 ? inside : [node.key, ...inside]
}
