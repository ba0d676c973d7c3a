import Tensors
import Testing

/// What is recorded of tensor operations, and that it is nothing without a source.
@Suite struct TensorRecordTests {
  private struct Origin: TensorSource {}

  private let plain = Tensor([1, -2, 3, -4, 5, -6, 7, -8], shape: [2, 2, 2])
  private var source: Tensor { plain.recorded(from: Origin()) }

  @Test func `nothing is recorded without a source`() {
    #expect((plain * plain).rectified().spatialMean().record == nil)
    #expect(plain.channelSum(weighedBy: plain.spatialSum()).resized(height: 4, width: 4).record == nil)
  }

  @Test func `an expression can be read off its result`() throws {
    let map = source.channelSum(weighedBy: source.spatialMean())
    let sum = try #require(map.record)
    guard case .weighedChannelSum = sum.operation else {
      Issue.record("\(sum.operation)")
      return
    }
    let weights = try #require(sum.operands[1].record)
    guard case .scale(0.25) = weights.operation else {
      Issue.record("\(weights.operation)")
      return
    }
    guard case .spatialSum = weights.operands[0].record?.operation else {
      Issue.record("no sum")
      return
    }
  }

  @Test func `numbers are the same whether they are recorded or not`() {
    #expect(source == plain)
    #expect(source.dividedOrZero(by: source) == plain.dividedOrZero(by: plain))
    #expect((source - 2 * source).magnitudes() == (plain - 2 * plain).magnitudes())
  }

  @Test func `what is changed in place is a constant`() {
    var changed = source
    changed[0] = 9
    #expect(changed.record == nil)
    changed = source
    changed.withMutableScalars { $0[1] = 9 }
    #expect(changed.record == nil)
    #expect(source.map { $0 + 1 }.record == nil)
  }

  @Test func `a multiple that is added in place is recorded, too`() {
    var sum = Tensor(repeating: 0, shape: [2, 2, 2])
    sum.add(0.5, times: source)
    #expect(sum.record != nil)
    #expect(sum == 0.5 * plain)
  }

  @Test func `single numbers of a tensor meet all of another`() {
    let x = Tensor([1, -2, 3, 0], shape: [2, 2]), range = x.greatest() - x.least()
    #expect(range == Tensor([5], shape: []))
    #expect((x / range).scalars == [0.2, -0.4, 0.6, 0])
    #expect((x / range).shape == [2, 2])
    #expect(x.total().scalars == [2])
    #expect(x.mean().scalars == [0.5])
    #expect(x.value(atPercentile: 50).scalars == [0.5])
    #expect(source.greatest().record != nil)
  }

  @Test func `scalars are chosen, replaced and joined`() {
    let x = Tensor([1, -2, 3, 0], shape: [2, 2])
    #expect(x.taken(at: [3, 0, 2], shape: [3]).scalars == [0, 1, 3])
    #expect(x.replacingZeros(by: Tensor([7], shape: [])).scalars == [1, -2, 3, 7])
    #expect(x.maximum(with: -x).scalars == [1, 2, 3, 0])
    #expect(Tensor(joining: [x, x.taken(at: [0, 1], shape: [1, 2])]).shape == [3, 2])
    #expect(Tensor([.nan, 1, -.infinity], shape: [3]).finite().scalars == [0, 1, 0])
    #expect(Tensor(joining: [plain, source]).record != nil)
    #expect(Tensor(joining: [plain, plain]).record == nil)
  }

  @Test func `the largest scalars have rows with one at their places`() {
    let x = Tensor([1, 4, -2, 4, 3], shape: [5]), rows = x.placesOfLargest(3)
    #expect(rows.shape == [3, 5])
    #expect(rows.matrixProduct(x.reshaped([5, 1])).scalars == [4, 4, 3])
    #expect(rows.scalars.enumerated().filter { $0.element == 1 }.map(\.offset) == [1, 5 + 3, 10 + 4])
    #expect(x.recorded(from: Origin()).placesOfLargest(3).record != nil && rows.record == nil)
  }

  @Test func `masks and variances are the same where they are recorded as expressions`() {
    #expect(source.scaledToUnit().record != nil && source.spatialVariance().record != nil)
    #expect(source.scaledToUnit() == plain.scaledToUnit())
    #expect(zip(source.spatialVariance().scalars, plain.spatialVariance().scalars).allSatisfy { abs($0 - $1) < 1e-5 })
    let flat = Tensor(repeating: 3, shape: [2, 2]).recorded(from: Origin())
    #expect(flat.scaledToUnit() == Tensor(repeating: 0, shape: [2, 2]))
  }

  @Test func `a quotient is zero where its divisor is`() {
    let quotient = Tensor([1, 2, 3], shape: [3]).dividedOrZero(by: Tensor([2, 0, -1], shape: [3]))
    #expect(quotient.scalars == [0.5, 0, -3])
    let cleared = Tensor([1, -2, 0.5], shape: [3]).cleared(within: Tensor([1, 1, 0.1], shape: [3]))
    #expect(cleared.scalars == [0, -2, 0.5])
  }
}
