import Testing

/// `--filter` picks tests by the names of their suites.
@Suite struct SuiteNameTests {
  @Test func `no two suites bear one name`() throws {
    var places: [String: [String]] = [:]
    for file in Project.swiftFiles(in: "Tests") where !file.contains("/Fixtures/") {
      for suite in try Project.text(file).matches(of: /(?m)^(?:@Suite.*\s)?struct (?<name>\w+Tests|`[^`]+`)/) {
        places[String(suite.output.name), default: []].append(file)
      }
    }
    #expect(places.count > 100)
    for (name, files) in places.sorted(by: { $0.key < $1.key }) {
      #expect(files.count == 1, "\(name): \(files.joined(separator: ", "))")
    }
  }
}
