/// An expression as it was written, before anybody asks what its names mean.
indirect enum ExpressionTree {
  /// A name, with what stands in the parentheses behind it.
  case call(Call)
  /// Factors with `*` between them, two or more.
  case product([ExpressionTree])

  struct Call {
    let name: Written
    var arguments: [Argument] = []
  }

  enum Argument {
    /// `name=value`.
    case setting(name: Written, value: Written)
    /// A method.
    case operand(ExpressionTree)
    /// A layer's name or a value, where the grammar has one.
    case word(Written)
  }
}

/// A part of an expression and its place there, counted in Unicode scalars.
struct Written {
  let text: String
  let range: Range<Int>
}

extension ExpressionTree {
  /// Where to point at: the first name to the last.
  var range: Range<Int> {
    switch self {
    case .call(let call): call.name.range
    case .product(let factors): factors[0].range.lowerBound..<factors[factors.count - 1].range.upperBound
    }
  }
}

extension ExpressionTree.Argument {
  var range: Range<Int> {
    switch self {
    case .setting(let name, let value): name.range.lowerBound..<value.range.upperBound
    case .operand(let tree): tree.range
    case .word(let word): word.range
    }
  }
}
