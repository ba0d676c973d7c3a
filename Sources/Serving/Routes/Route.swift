/// One kind of request: its method and path, how large its body may be, and what answers it.
struct Route: Sendable {
  let method: String
  /// Parts of the path; `*` stands for any.
  let path: [String]
  let bodyLimit: Int
  /// Whether the body is handed over as it arrives, rather than held.
  let isStreamed: Bool
  let answer: @Sendable (Request, _ words: [String]) throws -> Response

  init(
    _ method: String, _ path: String, bodyLimit: Int = 0, isStreamed: Bool = false,
    _ answer: @escaping @Sendable (Request, _ words: [String]) throws -> Response
  ) {
    (self.method, self.bodyLimit, self.isStreamed, self.answer) = (method, bodyLimit, isStreamed, answer)
    self.path = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  /// What stands in the places of the stars; `nil` where the path is another.
  func words(in path: [String]) -> [String]? {
    guard path.count == self.path.count else { return nil }
    var words: [String] = []
    for (given, own) in zip(path, self.path) {
      if own == "*" { words.append(given) } else if own != given { return nil }
    }
    return words
  }
}

/// All kinds of requests.
struct Router: Sendable {
  let routes: [Route]

  /// The route of a request, with the words in its path.
  ///
  /// - Throws: ``Problem`` where there is none.
  func route(_ method: String, _ path: [String]) throws(Problem) -> (route: Route, words: [String]) {
    let method = method == "HEAD" ? "GET" : method
    var others: Set<String> = []
    for route in routes {
      guard let words = route.words(in: path) else { continue }
      if route.method == method { return (route, words) }
      others.insert(route.method)
    }
    guard !others.isEmpty else {
      throw Problem(.notFound, "there is nothing at this address; /api/openapi.json describes what there is")
    }
    throw Problem(.methodNotAllowed, "this address takes \(others.sorted().joined(separator: " or ")) only")
  }
}
