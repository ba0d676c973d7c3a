/// Reads a pickle as data: an interpreter of its instructions that builds plain values and calls nothing.
///
/// Classes and functions that a pickle names become nodes with their names, and what it would have them called with stays
/// beside them. Memory is bounded by the pickle's own size and a budget that no sound file exhausts; instructions that would
/// repeat values share them.
///
/// Source: `pickletools` of the Python library, protocols 0 to 5.
struct PickleMachine {
  let bytes: UnsafeRawBufferPointer
  /// Where the next instruction is, behind the pickle once it was read.
  private(set) var position: Int
  private(set) var nodes: [PickleNode] = []
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var cost = 0

  /// What nodes, their elements and the memory of values may take, in bytes.
  private static let budget = 28 << 20

  init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
    (self.bytes, self.position) = (bytes, position)
  }

  /// Reads one pickle.
  static func read(_ bytes: UnsafeRawBufferPointer, from position: inout Int) throws(PickleError) -> PickledData {
    var machine = PickleMachine(bytes, from: position)
    let root = try machine.run()
    position = machine.position
    return PickledData(root: root, nodes: machine.nodes, bytes: bytes)
  }

  private mutating func run() throws(PickleError) -> PickleValue {
    while true {
      let code = try byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try step(code)
    }
  }

  // MARK: Instructions

  private mutating func step(_ code: UInt8) throws(PickleError) {
    switch code {
    case 0x80: _ = try byte()  // PROTO
    case 0x95: _ = try take(8)  // FRAME
    case UInt8(ascii: "("): try mark()
    case UInt8(ascii: "0"):
      // POP also takes a mark off.
      if let last = marks.last, last == stack.count { marks.removeLast() } else { _ = try pop() }
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"): try push(top())

    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.boolean(true))
    case 0x89: try push(.boolean(false))
    case UInt8(ascii: "I"): try push(number(ofLine: line()))
    case UInt8(ascii: "L"): try push(number(ofLine: line()))
    case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: unsigned(4)))))
    case UInt8(ascii: "K"): try push(.integer(Int(byte())))
    case UInt8(ascii: "M"): try push(.integer(unsigned(2)))
    case 0x8A: try push(long(count: Int(byte())))
    case 0x8B: try push(long(count: length(4)))
    case UInt8(ascii: "F"):
      let text = try line()
      try push(.real(Double(String(decoding: bytes[text], as: UTF8.self)) ?? .nan))
    case UInt8(ascii: "G"): try push(.real(Double(bitPattern: bigEndian(take(8)))))

    case UInt8(ascii: "S"): try push(.text(quoted(line())))
    case UInt8(ascii: "V"): try push(.text(line()))
    case UInt8(ascii: "T"): try push(.text(take(length(4))))
    case UInt8(ascii: "U"): try push(.text(take(Int(byte()))))
    case UInt8(ascii: "X"): try push(.text(take(length(4))))
    case 0x8C: try push(.text(take(Int(byte()))))
    case 0x8D: try push(.text(take(length(8))))
    case UInt8(ascii: "B"): try push(.bytes(take(length(4))))
    case UInt8(ascii: "C"): try push(.bytes(take(Int(byte()))))
    case 0x8E, 0x96: try push(.bytes(take(length(8))))
    case 0x97: throw PickleError("keeps bytes outside of itself")
    case 0x98: break  // READONLY_BUFFER

    case UInt8(ascii: "]"), UInt8(ascii: ")"), 0x8F: try push(node(.sequence))
    case UInt8(ascii: "}"): try push(node(.dictionary))
    case UInt8(ascii: "l"), UInt8(ascii: "t"), 0x91: try push(node(.sequence, popMark()))
    case UInt8(ascii: "d"): try push(dictionary(popMark()))
    case 0x85: try pushTuple(1)
    case 0x86: try pushTuple(2)
    case 0x87: try pushTuple(3)
    case UInt8(ascii: "a"): try append([pop()])
    case UInt8(ascii: "e"), 0x90: try append(popMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try set([pop(), value])
    case UInt8(ascii: "u"): try set(popMark())

    case UInt8(ascii: "c"):
      let module = try line()
      try push(node(.global, [.text(module), .text(line())]))
    case 0x93:
      let name = try pop()
      let module = try pop()
      guard case .text = module, case .text = name else { throw PickleError("names something without a text") }
      try push(node(.global, [module, name]))
    case UInt8(ascii: "R"), 0x81:
      let arguments = try pop()
      try push(record(pop(), arguments))
    case 0x92:
      _ = try pop()
      let arguments = try pop()
      try push(record(pop(), arguments))
    case UInt8(ascii: "o"):
      let parts = try popMark()
      guard let callee = parts.first else { throw PickleError("makes an object of no class") }
      try push(record(callee, node(.sequence, Array(parts.dropFirst()))))
    case UInt8(ascii: "i"):
      let module = try line()
      let callee = try node(.global, [.text(module), .text(line())])
      try push(record(callee, node(.sequence, popMark())))
    case UInt8(ascii: "b"):
      let state = try pop()
      // Of a dictionary that has more to it, `_metadata` perhaps, what it holds is kept.
      if case .node(let number) = try top() { nodes[number].state = state }
    case 0x82, 0x83, 0x84: throw PickleError("names classes by numbers that only the program that wrote it knows")
    case UInt8(ascii: "P"): try push(node(.persistent, [.text(line())]))
    case UInt8(ascii: "Q"): try push(node(.persistent, [pop()]))

    case UInt8(ascii: "p"): try remember(lineNumber())
    case UInt8(ascii: "q"): try remember(Int(byte()))
    case UInt8(ascii: "r"): try remember(unsigned(4))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "g"): try recall(lineNumber())
    case UInt8(ascii: "h"): try recall(Int(byte()))
    case UInt8(ascii: "j"): try recall(unsigned(4))
    default: throw PickleError("has no instruction \(code)")
    }
  }

  // MARK: Values

  private mutating func spend(_ amount: Int) throws(PickleError) {
    cost += amount
    guard cost <= Self.budget else { throw PickleError("holds more values than any network has") }
  }

  private mutating func node(
    _ kind: PickleNode.Kind, _ items: [PickleValue] = []
  ) throws(PickleError) -> PickleValue {
    try spend(160 + 24 * items.count)
    nodes.append(PickleNode(kind, items))
    return .node(nodes.count - 1)
  }

  private mutating func dictionary(_ parts: [PickleValue]) throws(PickleError) -> PickleValue {
    let made = try node(.dictionary)
    try push(made)
    try set(parts)
    return try pop()
  }

  /// A call as a node, or what it is known to make: dictionaries and copies of sequences.
  private mutating func record(_ callee: PickleValue, _ arguments: PickleValue) throws(PickleError) -> PickleValue {
    // Looked at within a function, so that nothing else holds the nodes when one is appended.
    let (name, given) = named(callee, arguments)
    switch name {
    case "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict",
      "__builtin__.dict":
      let made = try node(.dictionary)
      guard case .node(let number) = made, let first = given.first else { return made }
      for pair in items(of: first) {
        let parts = items(of: pair)
        guard parts.count == 2 else { continue }
        try spend(48)
        nodes[number].items.append(parts[0])
        nodes[number].values.append(parts[1])
      }
      return made
    case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset", "builtins.list",
      "builtins.tuple", "torch.Size":
      return try node(.sequence, given.first.map(items) ?? [])
    default: return try node(.record, [callee, arguments])
    }
  }

  private func named(_ callee: PickleValue, _ arguments: PickleValue) -> (String?, [PickleValue]) {
    (PickledData(root: .none, nodes: nodes, bytes: bytes).name(ofGlobal: callee), items(of: arguments))
  }

  private func items(of value: PickleValue) -> [PickleValue] {
    guard case .node(let number) = value, nodes[number].kind == .sequence else { return [] }
    return nodes[number].items
  }

  private mutating func append(_ added: [PickleValue]) throws(PickleError) {
    guard case .node(let number) = try top() else { throw PickleError("appends to what is no list") }
    try spend(24 * added.count)
    // What a class of its own makes of them is not known; they are kept where a list keeps them.
    if nodes[number].kind == .sequence { nodes[number].items += added } else { nodes[number].values += added }
  }

  private mutating func set(_ parts: [PickleValue]) throws(PickleError) {
    guard parts.count % 2 == 0, case .node(let number) = try top() else {
      throw PickleError("sets keys of what is no dictionary")
    }
    try spend(24 * parts.count)
    let target = nodes[number]
    guard target.kind == .dictionary else {
      // A class of its own that is a dictionary: its pairs stand in a dictionary beside it.
      let pairs = try node(.dictionary)
      guard case .node(let inner) = pairs else { return }
      fill(nodes[inner], parts)
      if case .none = target.state { target.state = pairs }
      return
    }
    fill(target, parts)
  }

  private func fill(_ node: PickleNode, _ parts: [PickleValue]) {
    for index in stride(from: 0, to: parts.count, by: 2) {
      node.items.append(parts[index])
      node.values.append(parts[index + 1])
    }
  }

  private mutating func pushTuple(_ count: Int) throws(PickleError) {
    guard stack.count >= (marks.last ?? 0) + count else { throw PickleError("takes values that are not there") }
    let parts = Array(stack.suffix(count))
    stack.removeLast(count)
    try push(node(.sequence, parts))
  }

  private mutating func push(_ value: PickleValue) throws(PickleError) {
    guard stack.count < 400_000 else { throw PickleError("holds more values than any network has") }
    stack.append(value)
  }

  private mutating func pop() throws(PickleError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let last = stack.popLast() else {
      throw PickleError("takes values that are not there")
    }
    return last
  }

  private func top() throws(PickleError) -> PickleValue {
    guard let last = stack.last else { throw PickleError("takes values that are not there") }
    return last
  }

  private mutating func mark() throws(PickleError) {
    guard marks.count < 400_000 else { throw PickleError("holds more values than any network has") }
    marks.append(stack.count)
  }

  private mutating func popMark() throws(PickleError) -> [PickleValue] {
    guard let start = marks.popLast() else { throw PickleError("takes values that are not there") }
    let parts = Array(stack[start...])
    stack.removeLast(parts.count)
    return parts
  }

  private mutating func remember(_ number: Int) throws(PickleError) {
    if memo.updateValue(try top(), forKey: number) == nil { try spend(64) }
  }

  private mutating func recall(_ number: Int) throws(PickleError) {
    guard let value = memo[number] else { throw PickleError("recalls a value that it never kept") }
    try push(value)
  }
}

// MARK: - Bytes

extension PickleMachine {
  private mutating func byte() throws(PickleError) -> UInt8 {
    guard position < bytes.count else { throw PickleError("ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func take(_ count: Int) throws(PickleError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw PickleError("ends too early") }
    defer { position += count }
    return position..<position + count
  }

  /// A whole number of at most four bytes, little-endian.
  private mutating func unsigned(_ count: Int) throws(PickleError) -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
  }

  /// How many bytes follow.
  private mutating func length(_ count: Int) throws(PickleError) -> Int {
    let number = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    guard number <= UInt64(bytes.count) else { throw PickleError("ends too early") }
    return Int(number)
  }

  private func bigEndian(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }

  /// A whole number of so many bytes, little-endian and signed.
  private mutating func long(count: Int) throws(PickleError) -> PickleValue {
    let range = try take(count)
    guard count > 0 else { return .integer(0) }
    guard count <= 8 else { return try node(.large) }
    var number = range.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    if count < 8, number >> (8 * UInt64(count) - 1) == 1 { number |= .max << (8 * UInt64(count)) }
    return .integer(Int(Int64(bitPattern: number)))
  }

  private mutating func line() throws(PickleError) -> Range<Int> {
    let start = position
    while try byte() != UInt8(ascii: "\n") {}
    return start..<position - 1
  }

  private mutating func lineNumber() throws(PickleError) -> Int {
    let range = try line()
    guard let number = Int(String(decoding: bytes[range].prefix(20), as: UTF8.self)), number >= 0 else {
      throw PickleError("numbers a value by what is no number")
    }
    return number
  }

  /// A number in digits; protocol 0 writes truths so, too.
  private mutating func number(ofLine range: Range<Int>) throws(PickleError) -> PickleValue {
    let text = String(decoding: bytes[range].prefix(24), as: UTF8.self)
    if text == "01" || text == "00" { return .boolean(text == "01") }
    guard let number = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) else { return try node(.large) }
    return .integer(number)
  }

  /// A text between quotation marks, without them.
  private func quoted(_ range: Range<Int>) -> Range<Int> {
    range.count >= 2 ? range.lowerBound + 1..<range.upperBound - 1 : range
  }
}
