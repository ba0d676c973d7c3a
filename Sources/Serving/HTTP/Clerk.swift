/// Reads a connection's requests one after the other, and answers those that are admitted.
struct Clerk: Sendable {
  let admission: Admission
  let router: Router
  let veil: Veil

  func serve(_ connection: Connection, _ client: String) {
    // A connection that has ended needs no answer.
    do { while try serveOne(connection, client) {} } catch {}
  }

  /// Answers one request.
  ///
  /// - Returns: Whether another may follow.
  private func serveOne(_ connection: Connection, _ client: String) throws -> Bool {
    var isRead = false
    do {
      guard let head = try connection.readHead() else { return false }
      // Nothing of the body is read before it is clear that somebody wants it.
      let path = try admission.admit(head)
      let (route, words) = try router.route(head.method, path)
      guard head.length <= route.bodyLimit else {
        throw Problem(
          .contentTooLarge,
          route.bodyLimit == 0
            ? "this address takes no body" : "at most \(route.bodyLimit) bytes may be sent here: make it smaller")
      }
      if let expected = head.fields["expect"] {
        guard expected.lowercased() == "100-continue" else {
          throw Problem(.expectationFailed, "this server does not do what 'Expect' asks for")
        }
        if head.length > 0 { try connection.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
      }
      var body: [UInt8] = [], isLeft = route.isStreamed && head.length > 0
      if !route.isStreamed { body = try connection.readBody(head.length) }
      isRead = true
      let receive = { (use: ([UInt8]) throws -> Void) in
        try connection.readBody(head.length, into: use)
        isLeft = false
      }
      let request = Request(
        head: head, body: body, receive: receive, client: client, isAbandoned: { connection.isAbandoned })
      let response = answer(request, route, words)
      guard let response else { return false }
      let keepsAlive = head.keepsAlive && !isLeft
      try connection.send(response, closes: !keepsAlive, isHeadOnly: head.method == "HEAD")
      if isLeft { connection.lingerAndClose() }
      return keepsAlive
    } catch let problem as Problem {
      guard !isRead else { return false }
      try connection.send(Response(problem), closes: true)
      connection.lingerAndClose()
      return false
    }
  }

  /// What is answered; `nil` where nobody waits for it.
  private func answer(_ request: Request, _ route: Route, _ words: [String]) -> Response? {
    do { return try route.answer(request, words) } catch is CancellationError { return nil } catch {
      var problem = Problem(error)
      problem = Problem(problem.status, veil.over(problem.sentence), retryAfter: problem.retryAfter)
      return Response(problem)
    }
  }
}
