import Tensors
import Testing

@Suite struct TensorMatrixTests {
  let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func `a product sums over the inner extent`() {
    let b = Tensor([1, 0, 2, -1, 0, 3], shape: [3, 2])
    #expect(a.matrixProduct(b) == Tensor([5, 7, 14, 13], shape: [2, 2]))
    #expect(a.matrixProduct(.identity(3)) == a && Tensor.identity(2).matrixProduct(a) == a)
  }

  @Test func `a transposition exchanges rows and columns`() {
    #expect(a.transposed() == Tensor([1, 4, 2, 5, 3, 6], shape: [3, 2]))
    #expect(a.transposed().transposed() == a)
  }

  @Test func `normalized rows add up to one, and empty ones stay`() {
    let rows = Tensor([1, 3, 0, 0, -1, 3], shape: [3, 2]).normalizedRows()
    #expect(rows == Tensor([0.25, 0.75, 0, 0, -0.5, 1.5], shape: [3, 2]))
  }
}
