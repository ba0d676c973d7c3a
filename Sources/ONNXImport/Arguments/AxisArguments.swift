extension OperatorCall {
  /// Where each axis of a `Transpose`'s result comes from; reversed unless the file says otherwise.
  func permutation(rank: Int) throws(ONNXError) -> [Int] {
    guard let permutation = try attributes.integers("perm") else { return (0..<rank).reversed() }
    guard permutation.sorted() == Array(0..<rank) else {
      throw malformed("\(permutation) is no order of \(rank) axes")
    }
    return permutation
  }

  /// How long the parts of a `Split` are: an attribute, an input since opset 13, or equal parts.
  func splitSizes(of extent: Int) throws(ONNXError) -> [Int] {
    if let sizes = try integers(attribute: "split", orInput: 1, "the parts' lengths") {
      guard sizes.count == node.outputs.count, sizes.allSatisfy({ (0...extent).contains($0) }),
        sizes.reduce(0, +) == extent
      else { throw malformed("parts of \(sizes) do not make up \(extent)") }
      return sizes
    }
    let parts = try attributes.integer("num_outputs") ?? node.outputs.count
    guard parts > 0, parts == node.outputs.count else { throw malformed("it makes \(parts) parts") }
    // Only the last part may be shorter, and only where the file counts the parts (opset 18).
    let length = (extent + parts - 1) / parts
    guard length * (parts - 1) <= extent, attributes["num_outputs"] != nil || extent % parts == 0 else {
      throw malformed("\(extent) cannot be split into \(parts) equal parts")
    }
    return (0..<parts).map { min(length, extent - $0 * length) }
  }

  /// Indices counted from the front.
  func indices(_ indices: [Int], into extent: Int) throws(ONNXError) -> [Int] {
    var resolved: [Int] = []
    for index in indices {
      guard index >= -extent, index < extent else { throw malformed("it picks \(index) out of \(extent)") }
      resolved.append(index < 0 ? index + extent : index)
    }
    return resolved
  }

  /// The axes of a reduction; an input since opset 13 (sum) or 18 (the others). No axes means all of them.
  func reducedAxes(rank: Int) throws(ONNXError) -> [Int] {
    let named = try integers(attribute: "axes", orInput: 1, "the axes") ?? []
    if !named.isEmpty { return try axes(named, rank: rank).sorted() }
    return try attributes.flag("noop_with_empty_axes") ? [] : Array(0..<rank)
  }
}
