import Kernels
import Synchronization
import Testing

/// Counts from 0, kept nowhere, and remembers how often it was asked.
private final class Numbers: ScalarSource, Sendable {
  let copied = Atomic<Int>(0)
  let rests = Atomic<Int>(0)

  var scalars: UnsafePointer<Float>? { nil }

  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    copied.wrappingAdd(range.count, ordering: .relaxed)
    for (index, number) in range.enumerated() { target[index] = Float(number) }
  }

  func rest() { rests.wrappingAdd(1, ordering: .relaxed) }
}

@Suite struct `Scalars that wait elsewhere` {
  private let shape = [64, 32, 5, 5]
  private var count: Int { shape.reduce(1, *) }

  private func array(of source: Numbers) -> NDArray {
    NDArray(storage: Storage(count: count, source: source), shape: shape).asConstant()
  }

  @Test func `are read once and stay where somebody reads them in place`() {
    let source = Numbers()
    let array = array(of: source)
    #expect(source.copied.load(ordering: .relaxed) == 0)
    #expect(array.scalars == (0..<count).map(Float.init))
    #expect(array.scalars.last == Float(count - 1))
    #expect(source.copied.load(ordering: .relaxed) == count)
  }

  @Test func `pass through on their way to a kernel's layout, and are let go`() throws {
    let source = Numbers()
    let array = array(of: source)
    let layouts = [try Layout.blocked(shape, width: 8), try Layout.blocked(shape, width: 16)]
    for layout in layouts {
      #expect(array.reordered(to: layout).scalars == (0..<count).map(Float.init))
      _ = array.reordered(to: layout)
    }
    #expect(source.copied.load(ordering: .relaxed) == 2 * count)
    #expect(source.rests.load(ordering: .relaxed) == 2)
  }

  @Test func `are scaled row by row, in place or passing through`() throws {
    let factors = (0..<64).map { Float($0) / 7 - 2 }
    let expected = (0..<count).map { Float($0) * factors[$0 / (count / 64)] }
    let scaled = array(of: Numbers()).scalingRows(by: factors)
    #expect(scaled.isConstant)
    #expect(scaled.reordered(to: try .blocked(shape, width: 16)).scalars == expected)
    #expect(scaled.scalars == expected)
    #expect(NDArray(expected, shape: shape).scalingRows(by: factors.map { _ in 1 }).scalars == expected)
  }
}
