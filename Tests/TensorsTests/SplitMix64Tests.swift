import Tensors
import Testing

@Suite struct SplitMix64Tests {
  /// The sequence that the generator's published C code prints for this seed.
  @Test func `the sequence is the published one`() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test func `noise has mean zero and variance one, and depends on its seed alone`() {
    let noise = Tensor(gaussianNoise: [10, 100, 100], seed: 3)
    let (mean, deviation) = noise.meanAndDeviation()
    #expect(abs(mean) < 0.01)
    #expect(abs(deviation - 1) < 0.01)
    #expect(noise == Tensor(gaussianNoise: [10, 100, 100], seed: 3))
    #expect(noise != Tensor(gaussianNoise: [10, 100, 100], seed: 4))
  }

  @Test func `uniform numbers fill their interval without its end`() {
    var generator = SplitMix64(seed: 9)
    let numbers = (0..<100_000).map { _ in generator.uniform() }
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    #expect(numbers.contains { $0 > 0.999 } && numbers.contains { $0 < 0.001 })
  }
}
