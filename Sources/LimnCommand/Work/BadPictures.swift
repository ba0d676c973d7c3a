import Explaining

/// The pictures of a run that could not be used, of which one alone does not end it.
struct BadPictures {
  private let count: Int
  private var bad: [String] = []

  init(of queue: PictureQueue) { count = queue.pictures.count }

  /// Tells why a picture cannot be used.
  ///
  /// - Throws: The reason, where it is the only picture, or where no other picture is left.
  mutating func hear(_ picture: Picture, _ reason: ExplainingError) throws {
    guard count > 1 else { throw reason }
    bad.append(picture.name)
    Console.note("\(picture.name) is left out: \(Failure(reason).description)")
    if bad.count == count { throw Failure.badData("none of the \(count) pictures could be used") }
  }

  /// What `body` makes of a picture; `nil` where that throws an error of the picture's own, which is told.
  ///
  /// - Throws: Errors that are not the picture's own, and what ``hear(_:_:)`` throws.
  mutating func trying<Value>(
    _ picture: Picture, when isItsOwn: (ExplainingError) -> Bool, _ body: () throws -> Value
  ) throws -> Value? {
    do { return try body() } catch let reason as ExplainingError {
      guard isItsOwn(reason) else { throw reason }
      try hear(picture, reason)
      return nil
    }
  }

  /// What the run ends with; `nil` where every picture could be used.
  var failure: Failure? {
    bad.isEmpty
      ? nil : .badData("\(bad.count) of \(count) pictures could not be used: \(bad.prefix(5).joined(separator: ", "))")
  }
}
