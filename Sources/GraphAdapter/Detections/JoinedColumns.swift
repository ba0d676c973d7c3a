/// Which columns of joined rows are a box, and which are scores: four numbers, then those that end as scores do.
struct JoinedColumns {
  /// Where the scores are, the objectness of those that end in sigmoids among them.
  let scores: Range<Int>
  let ending: Ending

  /// What scores end in.
  enum Ending {
    /// A sigmoid for each.
    case sigmoids
    /// The sigmoid of each class times that of an objectness.
    case products
    /// Nothing: logits.
    case logits
    /// A softmax over the classes.
    case softmax
  }

  /// The columns by what each comes from; `nil` where they are no joined rows.
  init?(_ kinds: [HeadColumns.Kind]) {
    let isNoBox: (HeadColumns.Kind) -> Bool = {
      $0.isSigmoid || $0.isSoftmax || $0.isProduct || $0 == .whole || $0 == .constant
    }
    guard kinds.count >= 5, !kinds[..<4].contains(where: isNoBox) else { return nil }
    // An objectness that is always one is none.
    let first = kinds[4] == .constant ? 5 : 4
    func run(from first: Int, _ isIncluded: (HeadColumns.Kind) -> Bool) -> Range<Int> {
      first..<kinds[min(first, kinds.count)...].prefix(while: isIncluded).endIndex
    }
    let sigmoids = run(from: first, \.isSigmoid)
    // An objectness by itself may stand before what is multiplied by it.
    let products = run(from: sigmoids.count == 1 ? sigmoids.upperBound : first, \.isProduct)
    let softmax = run(from: first, \.isSoftmax)
    if !products.isEmpty {
      (scores, ending) = (products, .products)
    } else if !sigmoids.isEmpty {
      (scores, ending) = (sigmoids, .sigmoids)
    } else if softmax.count > 1 {
      (scores, ending) = (softmax, .softmax)
    } else if kinds[..<4].allSatisfy({ $0 == .other }), run(from: first, { $0 == .linear }).upperBound == kinds.count,
      first < kinds.count
    {
      // A box that is computed beside numbers straight from a layer.
      (scores, ending) = (first..<kinds.count, .logits)
    } else {
      return nil
    }
  }
}
