import { describe, expect, it } from 'vitest'
import { escapeHtml, markup, nothing } from './markup.ts'

describe('markup', () => {
  it('escapes what comes from data, between tags and in attributes', () => {
    const hostile = `<script>alert("x")</script> & 'y'`
    expect(String(markup`<b title="${hostile}">${hostile}</b>`)).toBe(
      '<b title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;</b>',
    )
  })

  it('leaves markup as it is and joins lists, however deep', () => {
    const items = ['a<b', 'c'].map((text) => markup`<li>${text}</li>`)
    expect(String(markup`<ul>${items}${[[nothing, 3]]}</ul>`)).toBe('<ul><li>a&lt;b</li><li>c</li>3</ul>')
  })

  it('escapes an ampersand once', () => {
    expect(escapeHtml('&lt;')).toBe('&amp;lt;')
  })
})
