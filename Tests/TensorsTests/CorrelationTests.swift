import Tensors
import Testing

@Suite struct CorrelationTests {
  @Test func `known values`() throws {
    #expect(Correlation.pearson([1, 2, 3], [2, 4, 6]) == 1)
    #expect(Correlation.pearson([1, 2, 3], [3, 2, 1]) == -1)
    // Deviations −1, 0, 1 and −4, −1, 5: 9 / √(2 · 42).
    #expect(abs(try #require(Correlation.pearson([1, 2, 3], [1, 4, 10])) - 9 / Float(84).squareRoot()) < 1e-6)
    #expect(Correlation.spearman([1, 2, 3], [1, 4, 10]) == 1)
    #expect(Correlation.cosine([1, 0], [1, 1]).map { abs($0 - Float(0.5).squareRoot()) < 1e-6 } == true)
    #expect(Correlation.cosine([1, 2], [-2, -4]) == -1)
  }

  @Test func `equal numbers share the mean of their ranks`() throws {
    // Ranks 1.5, 1.5, 3, 4 beside 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    let value = try #require(Correlation.spearman([5, 5, 6, 7], [1, 2, 3, 4]))
    #expect(abs(value - 4.5 / Float(22.5).squareRoot()) < 1e-6)
    #expect(Correlation.spearman([0, -0.0, 1], [2, 2, 3]) == 1)
  }

  @Test func `numbers that are all alike, or none, correlate with nothing`() {
    #expect(Correlation.pearson([1, 1, 1], [1, 2, 3]) == nil)
    #expect(Correlation.spearman([1, 2, 3], [0, 0, 0]) == nil)
    #expect(Correlation.pearson([], []) == nil)
    #expect(Correlation.spearman([1, .nan, 3], [1, 2, 3]) == nil)
    #expect(Correlation.pearson([1, .infinity, 3], [1, 2, 3]) == nil)
    #expect(Correlation.cosine([0, 0], [1, 2]) == nil)
    #expect(Correlation.cosine([1, 1], [1, 1]).map { abs($0 - 1) < 1e-6 } == true)
  }
}
