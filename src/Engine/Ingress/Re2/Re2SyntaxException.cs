namespace Engine.Ingress.Re2;

/// <summary>An expression that RE2 would not take, or that says what our engine cannot.</summary>
internal sealed class Re2SyntaxException(string message, int position) : Exception(message)
{
    /// <summary>Where in the expression, counted from 0; negative when it is about the whole.</summary>
    public int Position { get; } = position;
}
