"""Documents as trees, written as .docx, PDF, .xlsx and HTML and read back; files of others, looked at in a confined child.

- `numerals.py` finds every numeral a reader would take for a quantity; `numerals.unbound(tree)` must be empty before a document is frozen.
  Every numeral counts that nothing excuses: `numeral_signs.py` makes the text plain (one form of each sign), `numeral_exemptions.py`
  knows the complete constructs (dates, ordinals, numbers of lists), `numeral_words.py` the words, names and units. Linear in length.
- `docx_writer.write(tree, proof=…)` gives .docx bytes on the page of GB/T 9704 (`official.py`); same input, same bytes.
- `proof.py`: what was published, signed with Ed25519; `sentences.py`: every word of it in the canonical form that is signed.
- `docx_reader.read(data)` reads a signed .docx: `docx_parts.py` opens its parts by their whole types, `allowed.py` lists what may stand
  in them, `foreign.py` names the rest, `looks.py` holds styles, page edges and tables to ours, `closing.py` knows the lines at the end.
- `verify.compare(reading, proof, …)` says what is no longer as proved. `documents.py` asks for it in the confined child
  (`confined.py`; there `examining.py` answers), as `sheets.py` does for tables. `html.render` is the preview.

- `sheets.read_sheet(data, name=…, words=…)` reads a table in a child process with limits: .xlsx, .xls, web pages, XML 2003, text.
  `sniffing.py` says what a file really is; `opening.py` gives it to its reader: `workbooks.py` (behind the gate of `packages.py`,
  which `docx_reader` uses too), `old_books.py`, `markup.py`, `delimited.py`. `choosing.py` picks the sheet and `headers.py` the
  header by known words, `filling.py` says merged cells and 同上 again, `tables.py` puts it together, `cells.py` has the texts and
  the notes. A damaged cell (`Note.is_damaging`) is never to be used. All refusals: `packages.Unreadable`.
- `xlsx_writer.write_workbook(…)` gives .xlsx bytes, row by row: text is text, numbers are exact, days are days.

Part A (`customXml/item1.xml`) holds display strings that Word binds to; part B (`item2.xml`) is the proof. Only the numeral of a
figure stands in its content control ("36" of "36项"): LibreOffice 7.4 triples a bound control whose text holds a Chinese
character. The words around it are proved with the figure's sentence. LibreOffice keeps both parts on the first re-save and
drops them on the second; then `frozen=` (the stored tree) stands in.

Not signed by proofs of the earlier form: words without figures. Their verdict says so.
"""
