/** Images and files that a step made: where they are, under which digest, and how to get them. */
import { humanBytes } from '../../src/base/human.ts'
import type { StepView } from '../../src/events/run-view.ts'
import { shortDigest } from '../format.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { imageCards } from './image-cards.ts'
import { artifactCount } from './tab-counts.ts'

export function StepArtifacts({ step }: { readonly step: StepView }) {
  if (artifactCount(step) === 0 && step.built === undefined) return null
  const cards = imageCards(step)
  return (
    <section class="part artifacts">
      <h3>What it made</h3>
      {cards.map((card) => (
        <article key={card.digest} class="image-card">
          <header>
            <code class="digest" title={card.digest}>
              {shortDigest(card.digest)}
            </code>
            <CopyButton text={card.digest} what="the digest" />
            <span class="spring" />
            {card.facts.map((fact) => (
              <span key={fact} class="fact">
                {fact}
              </span>
            ))}
          </header>
          {card.registries.map(({ host, names }) => (
            <div key={host} class="registry">
              <h4>{host}</h4>
              <ul>
                {names.map(({ ref, tag, link }) => (
                  <li key={ref}>
                    <span class="tag">{tag}</span>
                    <code>{ref}</code>
                    <CopyButton text={`docker pull ${ref}`} what={`the pull command of ${ref}`} />
                    {link !== undefined && (
                      <a href={link} target="_blank" rel="noreferrer noopener">
                        <Icon name="link" />
                        Open
                      </a>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          ))}
          {card.registries.length === 0 && <p class="faint">Built, and pushed nowhere.</p>}
        </article>
      ))}
      {step.links !== undefined && step.links.length > 0 && (
        <ul class="links">
          {step.links.map(({ name, url }) => (
            <li key={url}>
              <a href={url} target="_blank" rel="noreferrer noopener">
                <Icon name="link" />
                {name}
              </a>
              <CopyButton text={url} what={`the address of ${name}`} />
            </li>
          ))}
        </ul>
      )}
      {step.files.length > 0 && (
        <table class="files">
          <tbody>
            {step.files.map(({ path, bytes, digest }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>{humanBytes(bytes)}</td>
                <td>{digest !== undefined && <code title={digest}>{shortDigest(digest)}</code>}</td>
                <td>
                  <CopyButton text={path} what="the path" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
