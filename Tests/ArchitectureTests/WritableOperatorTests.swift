import Testing

/// The table of what can be differentiated in ONNX's operators, held against the engine's own files.
@Suite struct WritableOperatorTests {
  @Test func `the page on exporting lists the operators that can be written, and no others`() throws {
    let folder = "Sources/GraphEngine/Operators"
    let written = try Project.contents(of: folder).filter { file in
      try Project.text("\(folder)/\(file)").contains(/extension \w+: Writable(?:(?:Linear)?Operator|Convolution)/)
    }
    .map { String($0.dropLast(".swift".count)) }
    let rows = try Project.text("Documentation/Exporting.md").matches(of: /\n\| `([A-Z]\w+)`/).map { String($0.1) }
    #expect(rows == written.sorted())
    #expect(rows.count > 25)
  }
}
