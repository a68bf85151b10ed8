/** One input of a pipeline: what may be said decides how it is asked. */
import type { FormInput } from '../api/types.ts'

export function InputField({ input }: { readonly input: FormInput }) {
  const { path, type, oneOf, someOf, default: preset } = input
  const name = `input:${path}`
  if (someOf !== undefined) {
    const chosen = new Set((preset ?? '').split(','))
    return (
      <fieldset class="labelled">
        <legend>{path.split('.').at(-1)}</legend>
        {someOf.map((one) => (
          <label key={one} class="check">
            <input type="checkbox" name={name} value={one} defaultChecked={chosen.has(one)} />
            {one}
          </label>
        ))}
      </fieldset>
    )
  }
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: one of the two is inside
    <label class="labelled">
      <span>
        {path.split('.').at(-1)} {type !== undefined && <span class="faint">{type === 'Secret' ? 'name of a secret' : type}</span>}
        {preset === undefined && <span class="needed">needed</span>}
        <small>{path}</small>
      </span>
      {oneOf !== undefined ? (
        <select name={name} required={preset === undefined} defaultValue={preset ?? ''}>
          {preset === undefined && <option value="">Choose one</option>}
          {oneOf.map((one) => (
            <option key={one} value={one} selected={one === preset}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <input
          name={name}
          type="text"
          inputMode={type === 'Number' ? 'decimal' : 'text'}
          list={undefined}
          required={preset === undefined}
          defaultValue={preset ?? ''}
          autoComplete="off"
          spellcheck={false}
          {...(input.pattern !== undefined && { title: `has to match ${input.pattern}` })}
        />
      )}
    </label>
  )
}
