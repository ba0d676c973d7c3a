/// The settings of a layer, checked as they are read: files may hold anything.
extension LayerDescription {
  func malformed(_ reason: String) -> KerasError { .malformedLayer(label, reason: reason) }
  func unsupported(_ reason: String) -> KerasError { .unsupportedUse(label, reason: reason) }

  func integer(_ key: String, in range: ClosedRange<Int> = 1...(1 << 24)) throws(KerasError) -> Int {
    guard let number = config[key].integer, range.contains(number) else {
      throw malformed("its '\(key)' is no number in \(range.lowerBound)…\(range.upperBound)")
    }
    return number
  }

  func real(_ key: String, default value: Double) throws(KerasError) -> Float {
    if config[key].isNull { return Float(value) }
    guard let number = config[key].real else { throw malformed("its '\(key)' is no number") }
    return Float(number)
  }

  func flag(_ key: String, default value: Bool) throws(KerasError) -> Bool {
    if config[key].isNull { return value }
    guard let number = config[key].real else { throw malformed("its '\(key)' is neither true nor false") }
    return number != 0
  }

  /// One number for each of `count` axes; a single one stands for all.
  func integers(
    _ key: String, count: Int, in range: ClosedRange<Int> = 1...(1 << 24), default value: [Int]? = nil
  ) throws(KerasError) -> [Int] {
    if config[key].isNull, let value { return value }
    if let number = config[key].integer, range.contains(number) { return Array(repeating: number, count: count) }
    let numbers = (config[key].list ?? []).compactMap(\.integer)
    guard numbers.count == count, numbers.count == config[key].list?.count, numbers.allSatisfy(range.contains) else {
      throw malformed("its '\(key)' must be \(count) number\(count == 1 ? "" : "s") in \(range.lowerBound)…")
    }
    return numbers
  }

  /// An axis of an array of `rank` dimensions, the batch included, from 0 on.
  func axis(_ json: JSON, rank: Int) throws(KerasError) -> Int {
    guard let axis = json.integer ?? json.list.flatMap({ $0.count == 1 ? $0[0].integer : nil }) else {
      throw unsupported("it works along several axes at once")
    }
    guard (-rank..<rank).contains(axis), axis != 0, axis != -rank else {
      throw malformed("it has no axis \(axis) among \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Whether channels come before the spatial axes.
  func isChannelsFirst() throws(KerasError) -> Bool {
    switch config["data_format"].text {
    case nil, "channels_last": return false
    case "channels_first": return true
    case let other?: throw malformed("its data_format is '\(other)'")
    }
  }
}
